import type { Probe } from '../../core/plan.ts';
import { EXIT, Problem } from '../../core/problem.ts';
import type { Git } from '../../io/ports.ts';
import { moveRefs, probeMoves, type RefMove } from '../refs.ts';

/**
 * The transaction checks every old value itself. But a git that was killed, or failed late, may have moved some refs or
 * all: whenever its end is not a plain success the refs are looked at. Those moved stay, the others follow, a third
 * value stops everything, and only when none has moved is nothing begun.
 * @throws Problem `ref-conflict`, `refs-refused`
 */
export async function moveAllRefs(
  git: Git,
  moves: readonly RefMove[],
  tags: string,
  begunBefore: boolean,
): Promise<void> {
  const reason = `tagship: release ${tags}`;
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
