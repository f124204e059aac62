import type { Report } from '../core/events.ts';
import type { Probe } from '../core/plan.ts';
import { EXIT, Problem } from '../core/problem.ts';
import type { Clock, Files, Git } from '../io/ports.ts';
import { shortName } from './branches.ts';
import type { Claim } from './claim.ts';
import type { TreeEntry } from './facts.ts';
import {
  type FrozenRelease,
  type Processes,
  type ReleaseJournal,
  type ReleaseState,
  refuseAborting,
  refuseUnfinished,
  unfinishedRelease,
} from './journal.ts';
import { buildObjects } from './objects.ts';
import type { ReleaseDetails, ReleaseObjects, ReleasePlan } from './plan-types.ts';
import { probePublished, pushRelease, rememberPublished } from './push.ts';
import { type RecoverPorts, recover } from './recover.ts';
import { moveRefs, probeMoves, type RefMove, releaseMoves } from './refs.ts';
import { checkWorktrees, followBranches, type GitIn, leaveLine } from './worktrees.ts';

export interface ReleasePorts {
  readonly git: Git;
  readonly gitIn: GitIn;
  readonly files: Files;
  readonly commonDir: string;
  readonly journal: ReleaseJournal;
  readonly claim: Claim;
  readonly processes: Processes;
  readonly clock: Clock;
  readonly report: Report;
  readonly signal: AbortSignal;
  /** Runs the user's own command at a point of the release, if there is one. @throws Problem when it fails. */
  readonly hook: (when: 'before' | 'after', step: string, plan: ReleasePlan) => Promise<void>;
  /** Analyses and tests the given commit. @throws Problem when it must not be released. */
  readonly gates: (commit: string, packageFolder: string) => Promise<void>;
}

/**
 * Carries a planned release out. Up to the journal's first line nothing that anyone can see has changed; from there
 * on every step can be taken up again.
 */
export async function actRelease(
  ports: ReleasePorts,
  plan: ReleasePlan,
  tree: readonly TreeEntry[],
): Promise<ReleaseObjects> {
  const titles = titlesOf(plan);
  const objects = await reported(ports, 'build', titles, () => buildObjects(ports, plan.details, tree));
  const moves = releaseMoves(plan.details, objects);
  await checkWorktrees(ports, moves);
  if (plan.details.checks) {
    await ports.hook('before', 'gates', plan);
    await reported(ports, 'gates', titles, () => ports.gates(objects.target, plan.details.packageFolder));
    await ports.hook('after', 'gates', plan);
  }
  stopIfInterrupted(ports.signal, 'nothing has changed', 'run the same command again');
  const frozen = { plan, objects };
  const began = await ports.journal.begin({ type: 'plan', at: at(ports), plan: frozen, owner: ports.processes.own() });
  if (!began) {
    const other = await unfinishedRelease(ports.journal);
    if (other !== undefined) refuseUnfinished(other, ports.processes);
    return actRelease(ports, plan, tree);
  }
  await takeSteps(ports, { plan: frozen, done: new Set(), unfinished: undefined });
  return objects;
}

/** Takes up a release where its journal ends. Nothing is planned or built anew. */
export async function resumeRelease(ports: ReleasePorts, state: ReleaseState): Promise<FrozenRelease> {
  refuseAborting(state);
  await recover(recoverPorts(ports), state);
  await ports.journal.append({ type: 'resumed', at: at(ports), owner: ports.processes.own() });
  await takeSteps(ports, state);
  return state.plan;
}

/** The steps that change something visible, in order. Each finds out itself what is left of it to do. */
async function takeSteps(
  ports: ReleasePorts,
  { plan: frozen, done, unfinished }: Pick<ReleaseState, 'plan' | 'done' | 'unfinished'>,
): Promise<void> {
  const { plan, objects } = frozen;
  const moves = releaseMoves(plan.details, objects);
  const actions: Readonly<Record<string, () => Promise<void>>> = {
    refs: () => moveAll(ports.git, moves, plan.details.tag, unfinished === 'refs'),
    worktrees: () => followBranches(ports, moves, unfinished === 'worktrees'),
    push: () => publish(ports, frozen, unfinished === 'push'),
    tidy: () => deleteLine(ports, plan.details),
  };
  const titles = titlesOf(plan);
  for (const { id } of plan.steps) {
    const action = actions[id];
    if (action === undefined || done.has(id)) continue;
    stopIfInterrupted(
      ports.signal,
      `${plan.title} is not finished`,
      'tagship release continue (or: tagship release abort)',
    );
    await ports.journal.append({ type: 'started', at: at(ports), step: id });
    await journalled(ports, id, id === 'refs' && unfinished !== 'refs', async () => {
      await ports.hook('before', id, plan);
      await reported(ports, id, titles, action);
    });
    await ports.journal.append({ type: 'done', at: at(ports), step: id });
    await ports.hook('after', id, plan);
  }
  await ports.journal.append({ type: 'closed', at: at(ports), outcome: 'done' });
  await ports.journal.archive();
}

/**
 * Writes a failure down.
 * @param nothingMoved no ref can have moved before this step: a refusal then ends the release, with nothing to continue
 */
async function journalled(
  ports: ReleasePorts,
  step: string,
  nothingMoved: boolean,
  action: () => Promise<void>,
): Promise<void> {
  try {
    await action();
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    const code = error instanceof Problem ? { code: error.code } : {};
    await ports.journal.append({ type: 'failed', at: at(ports), step, what, ...code });
    if (nothingMoved && error instanceof Problem && error.exit === EXIT.refused) {
      await ports.journal.append({ type: 'closed', at: at(ports), outcome: 'aborted' });
      await ports.journal.archive();
    }
    throw error;
  }
}

/**
 * The transaction checks every old value itself. But a git that was killed, or failed late, may have moved some refs or
 * all: whenever its end is not a plain success the refs are looked at. Those moved stay, the others follow, a third
 * value stops everything, and only when none has moved is nothing begun.
 */
async function moveAll(git: Git, moves: readonly RefMove[], tag: string, begunBefore: boolean): Promise<void> {
  const reason = `tagship: release ${tag}`;
  if (begunBefore) return moveRemaining(git, moves, reason);
  try {
    await moveRefs(git, moves, reason);
  } catch (error) {
    const probes = await probeMoves(git, moves);
    if (![...probes.values()].includes('present')) throw error;
    await moveRemaining(git, moves, reason);
  }
}

async function moveRemaining(git: Git, moves: readonly RefMove[], reason: string): Promise<void> {
  const probes = await probeMoves(git, moves);
  const having = (probe: Probe) => moves.filter((move) => probes.get(move) === probe);
  const [absent, present, conflicting] = [having('absent'), having('present'), having('conflicting')];
  const exit = present.length === 0 ? EXIT.refused : EXIT.resumable;
  if (conflicting.length === 0) return moveRefs(git, absent, reason, exit);
  throw new Problem({
    code: 'ref-conflict',
    what: 'a branch or tag that the release was to move was moved by someone else',
    why: conflicting.map(({ name, from, to }) => `${name} should be ${from ?? 'absent'} or ${to}`).join('\n'),
    fix: present.length === 0 ? 'run the same command again' : 'tagship release abort, then release again',
    exit,
  });
}

/**
 * The push of an earlier attempt may have reached the remote unseen, or still be on its way: a killed tagship leaves
 * its git running. So the remote is asked before a repeated push, and again when a push is refused.
 */
async function publish(ports: ReleasePorts, { plan, objects }: FrozenRelease, begunBefore: boolean): Promise<void> {
  const { details } = plan;
  const isPublished = async () => (await probePublished(ports.git, details, objects.tag)) === 'present';
  if (begunBefore && (await isPublished())) return rememberPublished(ports.git, details);
  const onLine = (line: string) => ports.report({ type: 'output', step: 'push', line });
  try {
    await pushRelease(ports.git, details, releaseMoves(details, objects), onLine);
  } catch (error) {
    if (!(await isPublished().catch(() => false))) throw error;
    await rememberPublished(ports.git, details);
  }
}

/** Deletes the finished branch, unless it has moved on since: then it holds work that is not in the release. */
async function deleteLine({ git, gitIn, report }: ReleasePorts, details: ReleaseDetails): Promise<void> {
  const { name, id } = details.line;
  const now = (await git.try(['rev-parse', '--verify', '--quiet', name])).stdout.trim();
  if (now === '') return;
  if (now !== id) return report({ type: 'note', text: `${shortName(name)} has new commits and is kept` });
  await leaveLine(gitIn, details);
  await moveRefs(git, [{ name, from: id, to: undefined }], `tagship: finish ${shortName(name)}`, EXIT.resumable);
  // Where it was tracked; git branch -d would do the same.
  await git.try(['config', '--remove-section', `branch.${shortName(name)}`]);
}

/** What recovery needs of a release's ports. */
export function recoverPorts({ git, files, processes, clock, commonDir, report }: ReleasePorts): RecoverPorts {
  const worktrees = async () => {
    const listing = await git.run(['worktree', 'list', '--porcelain', '-z']);
    return listing
      .split('\0')
      .flatMap((field) => (field.startsWith('worktree ') ? [field.slice('worktree '.length)] : []));
  };
  return { files, processes, clock, commonDir, worktrees, note: (text) => report({ type: 'note', text }) };
}

function stopIfInterrupted(signal: AbortSignal, what: string, fix: string): void {
  if (signal.aborted)
    throw new Problem({ code: 'interrupted', what: `interrupted: ${what}`, fix, exit: EXIT.interrupted });
}

async function reported<T>(
  { report, clock }: ReleasePorts,
  step: string,
  titles: ReadonlyMap<string, string>,
  action: () => Promise<T>,
): Promise<T> {
  const title = titles.get(step) ?? step;
  const start = clock.now().getTime();
  report({ type: 'step-started', step, title });
  try {
    const result = await action();
    report({ type: 'step-done', step, title, milliseconds: clock.now().getTime() - start });
    return result;
  } catch (error) {
    report({ type: 'step-failed', step, title, what: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}

const titlesOf = (plan: ReleasePlan) => new Map(plan.steps.map(({ id, title }) => [id, title]));
const at = ({ clock }: ReleasePorts) => clock.now().toISOString();
