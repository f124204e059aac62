import type { Probe } from '../core/plan.ts';
import { EXIT, Problem } from '../core/problem.ts';
import { checkedOut } from './checked-out.ts';
import { refuseMerged, withdraw } from './github/withdraw.ts';
import type { ReleaseState } from './journal.ts';
import type { ReleasePorts } from './ports.ts';
import { probePublished, refuseChangedRemote } from './push.ts';
import { PUSH_REJECTED } from './push-rejected.ts';
import { recover } from './recover.ts';
import { moveRefs, probeMoves, type RefMove, releaseMoves } from './refs.ts';
import { tagNames } from './tags.ts';
import { checkWorktrees, followBranches } from './worktrees.ts';

/** What an abort would do: the refs that go back, and those that have moved on since and stay. */
export async function planAbort(
  { git }: Pick<ReleasePorts, 'git'>,
  { plan: { plan, objects } }: ReleaseState,
): Promise<{ readonly putBack: readonly RefMove[]; readonly leftAlone: readonly string[] }> {
  const moves = releaseMoves(plan.details, objects);
  const probes = await probeMoves(git, moves);
  return {
    putBack: moves.filter((move) => probes.get(move) === 'present'),
    leftAlone: moves.filter((move) => probes.get(move) === 'conflicting').map(({ name }) => name),
  };
}

/**
 * Undoes a release that is not published: every ref that still holds the release's value goes back, nothing else is
 * touched. @returns the refs that were left alone because they have moved on since.
 * @param assumeUnpublished the user knows that a push that was cut off did not arrive
 * @throws Problem `already-published` once the remote has the tag, `publication-unknown` when it may still get it.
 */
export async function abortRelease(
  ports: ReleasePorts,
  state: ReleaseState,
  assumeUnpublished: boolean,
): Promise<readonly string[]> {
  await recover(ports, state);
  // An abort that was interrupted had made sure of it.
  if (!state.aborting) {
    await refusePublished(ports, state, assumeUnpublished);
    await refuseMerged(ports, state);
  }
  const { clock, processes, journal } = ports;
  await journal.append({ type: 'aborting', at: clock.now().toISOString(), owner: processes.own() });
  await withdraw(ports, state);
  const left = await putBack(ports, state, `tagship: abort ${state.plan.plan.title}`);
  await journal.append({ type: 'closed', at: clock.now().toISOString(), outcome: 'aborted' });
  await journal.archive();
  return left;
}

/**
 * Puts every ref back that still holds the release's value, and the files that followed it. @returns the refs that have
 * moved on since
 */
export async function putBack(ports: ReleasePorts, state: ReleaseState, reason: string): Promise<readonly string[]> {
  const { plan, objects } = state.plan;
  const moves = releaseMoves(plan.details, objects);
  const probes = await probeMoves(ports.git, moves);
  const back = moves.filter((move) => probes.get(move) === 'present').map(reverse);
  const followed = await bringFilesBack(ports, state, moves, probes);
  const moved = [...back, ...(await deletedLine(ports, state))];
  await moveRefs(ports.git, moved, reason, EXIT.resumable, 'mend what git names, then the same command again');
  await followBranches(ports, followed, false);
  return moves.filter((move) => probes.get(move) === 'conflicting').map(({ name }) => name);
}

/**
 * The moves back that checked-out files must follow, found to be possible. An abort that was itself interrupted may
 * have moved a ref already; its files follow all the same.
 */
async function bringFilesBack(
  ports: ReleasePorts,
  { done, unfinished }: ReleaseState,
  moves: readonly RefMove[],
  probes: ReadonlyMap<RefMove, Probe>,
): Promise<readonly RefMove[]> {
  // Files that never followed their branch have nowhere to come back from.
  if (!done.has('worktrees') && unfinished !== 'worktrees') return [];
  if (unfinished === 'worktrees') await followBranches(ports, moves, true);
  const back = moves
    .filter((move) => probes.get(move) !== 'conflicting')
    // A created tag goes back to not being there, which no worktree follows.
    .flatMap(({ name, from, to }) => (from === undefined ? [] : [{ name, from: to, to: from }]));
  const names = back.map(({ name }) => name);
  await checkWorktrees(ports, back, await checkedOut(ports, names));
  return back;
}

/** A release or hotfix branch that was tidied away is the only thing that holds its commits once main is back. */
async function deletedLine({ git }: ReleasePorts, { plan: { plan } }: ReleaseState) {
  const { line, finishesLine } = plan.details;
  if (!finishesLine) return [];
  const exists = (await git.try(['show-ref', '--verify', '--quiet', line.name])).exitCode === 0;
  return exists ? [] : [{ name: line.name, from: undefined, to: line.id }];
}

/**
 * A release is taken back only when it is certain that nobody has it: a push that was cut off may still arrive.
 * @throws Problem `already-published`, `publication-unknown`
 */
async function refusePublished({ git }: ReleasePorts, state: ReleaseState, assumeUnpublished: boolean): Promise<void> {
  const { plan, objects } = state.plan;
  const { remote } = plan.details;
  const tags = tagNames(plan.details);
  if (state.unfinished !== 'push' && !state.done.has('push')) return;
  await refuseChangedRemote(git, plan.details);
  if ((await probePublished(git, plan.details, objects.tags)) === 'present') {
    throw new Problem({
      code: 'already-published',
      what: `${tags} is on ${remote?.name ?? 'the remote'} already; a published release is not taken back`,
      fix: 'tagship release continue, then mend it with: tagship hotfix <name>',
      exit: EXIT.refused,
    });
  }
  if (state.failure === PUSH_REJECTED || assumeUnpublished) return;
  throw new Problem({
    code: 'publication-unknown',
    what: `${tags} is not on ${remote?.name ?? 'the remote'} now, but its push was cut off and may still arrive there`,
    fix: 'tagship release continue (or, when you know that it did not arrive: tagship release abort --unpublished)',
    exit: EXIT.refused,
  });
}

const reverse = ({ name, from, to }: RefMove) => ({ name, from: to, to: from });
