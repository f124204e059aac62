import { posix } from 'node:path';
import { claimed } from './claim.ts';
import { concludeIfMerged } from './github/conclude.ts';
import { proposalOf } from './github/find-proposal.ts';
import {
  type FrozenRelease,
  type ReleaseState,
  refuseAborting,
  refuseUnfinished,
  unfinishedRelease,
} from './journal.ts';
import { buildObjects } from './objects.ts';
import { folderOf } from './package-folder.ts';
import type { ReleaseDetails, ReleaseObjects, ReleasePlan } from './plan-types.ts';
import type { ReleasePorts } from './ports.ts';
import { refuseChangedRemote } from './push.ts';
import { recover } from './recover.ts';
import { releaseMoves } from './refs.ts';
import { at, closeRelease, reported, runSteps, type StepActions, stopIfInterrupted } from './run-steps.ts';
import { deleteLine } from './steps/delete-line.ts';
import { moveAllRefs } from './steps/move-refs.ts';
import { propose } from './steps/propose.ts';
import { publish } from './steps/publish.ts';
import { tagNames } from './tags.ts';
import { clearJournal } from './waiting.ts';
import { checkWorktrees, followBranches } from './worktrees.ts';

/**
 * Carries a planned release out. Up to the journal's first line nothing that anyone can see has changed; from there
 * on every step can be taken up again.
 */
export async function actRelease(ports: ReleasePorts, plan: ReleasePlan): Promise<ReleaseObjects> {
  await makeRoom(ports);
  const { github } = plan.details;
  // Without a token nothing is begun.
  if (github !== undefined) await ports.github(github.address);
  const objects = await reported(ports, plan, 'build', () => buildObjects(ports, plan.details));
  await checkWorktrees(ports, releaseMoves(plan.details, objects), plan.details.worktrees);
  if (plan.details.checks) {
    await ports.hook('before', 'gates', plan);
    await reported(ports, plan, 'gates', () =>
      ports.gates(objects.target, foldersOf(plan.details), publishedBy(plan.details, objects)),
    );
    await ports.hook('after', 'gates', plan);
  }
  stopIfInterrupted(ports.signal, 'nothing has changed', 'run the same command again');
  const frozen = { plan, objects };
  const began = await ports.journal.begin({ type: 'plan', at: at(ports), plan: frozen, owner: ports.processes.own() });
  if (!began) {
    const other = await unfinishedRelease(ports.journal);
    if (other !== undefined) refuseUnfinished(other, ports.processes);
    return actRelease(ports, plan);
  }
  const state = { plan: frozen, done: new Set<string>(), unfinished: undefined };
  await takeSteps(ports, state);
  return objects;
}

/** The tips of the branches that will be pushed. */
function publishedBy(details: ReleaseDetails, objects: ReleaseObjects) {
  if (details.remote === undefined) return undefined;
  const branches = releaseMoves(details, objects).filter(({ name }) => name.startsWith('refs/heads/'));
  return { remote: details.remote.name, commits: branches.map(({ to }) => to) };
}

/** Every package whose pubspec the release changes: those that get a version, and those that only need one. */
function foldersOf({ packages, edits }: ReleaseDetails): readonly string[] {
  const edited = edits.filter(({ path }) => posix.basename(path) === 'pubspec.yaml');
  return [...new Set([...packages.map(({ folder }) => folder), ...edited.map(({ path }) => folderOf(path))])];
}

/** Claimed, and looked at again then: what another has begun meanwhile is not put away. */
async function makeRoom(ports: ReleasePorts): Promise<void> {
  const { journal, claim, processes } = ports;
  if ((await journal.read()).length === 0) return;
  await claimed(claim, processes, () => clearJournal(ports));
}

/** Takes up a release where its journal ends. Nothing is planned or built anew. */
export async function resumeRelease(ports: ReleasePorts, state: ReleaseState): Promise<FrozenRelease> {
  refuseAborting(state);
  await recover(ports, state);
  if (!state.done.has('push')) await refuseChangedRemote(ports.git, state.plan.plan.details);
  const current = await concludeIfMerged(ports, state);
  await ports.journal.append({ type: 'resumed', at: at(ports), owner: ports.processes.own() });
  await takeSteps(ports, current);
  return current.plan;
}

/** A proposal waits behind its last step, until it is merged or given up. */
async function takeSteps(
  ports: ReleasePorts,
  state: Pick<ReleaseState, 'plan' | 'done' | 'unfinished'>,
): Promise<void> {
  await runSteps(ports, state, stepActions(ports, state.plan, state.unfinished));
  if (proposalOf(state.plan) === undefined) await closeRelease(ports);
  else await clearJournal(ports);
}

/** @param unfinished the step that an earlier attempt began, whose effect must be looked for before it is repeated */
function stepActions(ports: ReleasePorts, frozen: FrozenRelease, unfinished: string | undefined): StepActions {
  const { details } = frozen.plan;
  const moves = releaseMoves(details, frozen.objects);
  return {
    refs: () => moveAllRefs(ports.git, moves, tagNames(details), unfinished === 'refs'),
    branch: () => moveAllRefs(ports.git, moves, tagNames(details), unfinished === 'branch'),
    propose: () => propose(ports, frozen),
    worktrees: () => followBranches(ports, moves, unfinished === 'worktrees'),
    push: () => publish(ports, frozen, unfinished === 'push'),
    tidy: () => deleteLine(ports, details.line, details.back[0]?.name),
  };
}
