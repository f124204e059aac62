import { EXIT, Problem } from '../core/problem.ts';
import type { ReleasePorts } from './act.ts';
import type { ReleaseState } from './journal.ts';
import { probePublished } from './push.ts';
import { moveRefs, probeMoves, type RefMove, releaseMoves } from './refs.ts';
import { checkWorktrees, followBranches } from './worktrees.ts';

type AbortPorts = Pick<ReleasePorts, 'git' | 'gitIn' | 'journal' | 'clock'>;

/**
 * Undoes a release that is not published: every ref that still holds the release's value goes back, nothing else is
 * touched. @returns the refs that were left alone because they have moved on since.
 * @throws Problem `already-published` once the remote has the tag.
 */
export async function abortRelease(ports: AbortPorts, state: ReleaseState): Promise<readonly string[]> {
  const { plan, objects } = state.plan;
  const pushBegun = state.unfinished === 'push' || state.done.has('push');
  if (pushBegun && (await probePublished(ports.git, plan.details, objects.tag)) === 'present') {
    throw new Problem({
      code: 'already-published',
      what: `${plan.details.tag} is on ${plan.details.remote?.name ?? 'the remote'} already; a published release is not taken back`,
      fix: 'tagship release continue, then mend it with: tagship hotfix <name>',
      exit: EXIT.refused,
    });
  }
  const moves = releaseMoves(plan.details, objects);
  const probes = await probeMoves(ports.git, moves);
  const back = moves.filter((move) => probes.get(move) === 'present').map(reverse);
  // A created tag goes back to not being there, which no worktree follows.
  const branches = back.flatMap((move) => (move.to === undefined ? [] : [{ ...move, to: move.to }]));
  await checkWorktrees(ports.gitIn, plan.details, branches);
  await moveRefs(ports.git, back, `tagship: abort ${plan.title}`, EXIT.resumable);
  await followBranches(ports.gitIn, plan.details, branches);
  await ports.journal.append({ type: 'closed', at: ports.clock.now().toISOString(), outcome: 'aborted' });
  await ports.journal.archive();
  return moves.filter((move) => probes.get(move) === 'conflicting').map(({ name }) => name);
}

const reverse = ({ name, from, to }: RefMove) => ({ name, from: to, to: from });
