import type { JournalEntry, JournalState, ProcessId } from '../core/journal.ts';
import { foldJournal, journalOrigin } from '../core/journal.ts';
import { EXIT, Problem } from '../core/problem.ts';
import { shellJoin } from '../core/shell-quote.ts';
import type { JsonLines } from '../io/ports.ts';
import { RELEASE_SCHEMA, type ReleaseDetails, type ReleaseObjects, type ReleasePlan } from './plan-types.ts';

/** What a release journal freezes in its first line. */
export interface FrozenRelease {
  readonly plan: ReleasePlan;
  readonly objects: ReleaseObjects;
}

export type ReleaseJournal = JsonLines<JournalEntry<FrozenRelease>>;
export type ReleaseState = JournalState<FrozenRelease>;

export interface Processes {
  own(): ProcessId;
  isAlive(id: ProcessId): boolean;
  /** Numbers of processes that the given one started, directly or not, and that still run. */
  orphansOf(id: ProcessId): Promise<readonly number[]>;
  /** Whether a git works in one of these folders right now. */
  gitRunsIn(folders: readonly string[]): Promise<boolean>;
}

/**
 * The release that was begun and not finished, if any; a proposal that only waits for its merge is in nobody's way.
 * Changes nothing.
 * @throws Problem `journal-foreign`, `journal-damaged`
 */
export async function unfinishedRelease(journal: ReleaseJournal): Promise<ReleaseState | undefined> {
  const state = await readState(journal);
  return state === undefined || state.closed !== undefined || isWaiting(state) ? undefined : state;
}

/** Whether all that is left is for the pull request to be merged. */
export function isWaiting({ plan, done, aborting, closed }: ReleaseState): boolean {
  const { github } = plan.plan.details;
  return github?.pullRequest?.stage === 'proposed' && done.has('propose') && !aborting && closed === undefined;
}

/** @throws Problem `journal-foreign`, `journal-damaged` */
export async function readState(journal: ReleaseJournal): Promise<ReleaseState | undefined> {
  const entries = await journal.read();
  const origin = originOf(entries);
  if (origin === 'own') return foldJournal(entries);
  throw new Problem({
    code: 'journal-foreign',
    what: `${journal.path} was written by ${origin === 'older' ? 'an older' : 'a newer'} tagship`,
    why: 'it says which release was begun here and how far it got',
    fix: `end that release with ${origin === 'older' ? 'the tagship that began it' : 'the newest tagship'}: tagship release continue (or give its journal up: ${shellJoin(['mv', journal.path, `${journal.path}.old`])})`,
    exit: EXIT.refused,
  });
}

/** The same for whoever can do without what another tagship has written. @throws Problem `journal-damaged` */
export async function ownState(journal: ReleaseJournal): Promise<ReleaseState | undefined> {
  const entries = await journal.read();
  return originOf(entries) === 'own' ? foldJournal(entries) : undefined;
}

const originOf = (entries: readonly unknown[]) => journalOrigin('release', RELEASE_SCHEMA, entries);

/** The process that works on the release right now, other than this one. */
export function runningOwner({ owners }: ReleaseState, processes: Processes): ProcessId | undefined {
  return owners.find((owner) => owner.pid !== processes.own().pid && processes.isAlive(owner));
}

/** @throws Problem `release-running` (exit 7) while the process that makes the release is alive. */
export function refuseWhileRunning(state: ReleaseState, processes: Processes): void {
  const alive = runningOwner(state, processes);
  if (alive === undefined) return;
  throw new Problem({
    code: 'release-running',
    what: `${state.plan.plan.title} is being made right now by process ${alive.pid}`,
    fix: 'wait for it, then: tagship release status',
    exit: EXIT.locked,
  });
}

/** @throws Problem `release-aborting` when an abort was interrupted: what is half undone is not gone on with. */
export function refuseAborting({ aborting, plan: { plan } }: ReleaseState): void {
  if (!aborting) return;
  throw new Problem({
    code: 'release-aborting',
    what: `${plan.title} was being undone when that was interrupted`,
    fix: 'tagship release abort',
    exit: EXIT.refused,
  });
}

/** @throws Problem `release-unfinished` when another release has to be ended first. */
export function refuseUnfinished(state: ReleaseState, processes: Processes): never {
  refuseWhileRunning(state, processes);
  throw new Problem({
    code: 'release-unfinished',
    what: `${state.plan.plan.title} was begun and not finished`,
    why: `done so far: ${[...state.done].join(', ') || 'nothing'}`,
    fix: 'tagship release continue (or: tagship release abort)',
    exit: EXIT.refused,
  });
}

/** Whether an unfinished release is what this request asks for: then it is gone on with, not begun anew. */
export function isSameRelease(
  { plan: { plan } }: ReleaseState,
  line: string,
  { kind, target, packages, pre, push, pullRequest }: ReleaseDetails['request'],
): boolean {
  const { request, github } = plan.details;
  const stage = github?.pullRequest;
  const begun = stage?.stage === 'concluded' ? stage.proposal.line : plan.details.line;
  return (
    begun.name === line &&
    request.kind === kind &&
    request.target === target &&
    request.packages.join() === packages.join() &&
    request.pre === pre &&
    request.push === push &&
    request.pullRequest === pullRequest
  );
}
