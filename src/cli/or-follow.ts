import { setTimeout as pause } from 'node:timers/promises';
import { EXIT, type ExitCode } from '../core/problem.ts';
import { exitOf } from './render.ts';

/**
 * What there was to follow: a run of something else; none, as the lock is free again; or none although it is held. Where one
 * was followed, how it ended.
 */
export type Followed = ExitCode | 'another' | 'over' | 'held';

/** How often hosts are looked at for something to follow, and milliseconds between. */
const [TRIES, PAUSE] = [5, 1_000];

/**
 * Follows the run that is in the way of what is attempted. One that has ended when it was to be followed is in nobody's way:
 * then it is attempted again. A lock that is held for no run, as a prune or a restore by hand holds it, is only looked at
 * again: a run may be about to be written down, and what is attempted could mean something else once one has ended.
 * @throws whatever the attempt threw, where nothing is to be followed
 */
export async function orFollow(
  attempt: () => Promise<ExitCode>,
  follow: () => Promise<Followed>,
  signal: AbortSignal,
  between = PAUSE,
): Promise<ExitCode> {
  let followed: Followed | undefined;
  let refused: unknown;
  for (let tries = 1; ; tries += 1) {
    try {
      if (followed !== 'held') return await attempt();
    } catch (error) {
      if (exitOf(error) !== EXIT.locked) throw error;
      refused = error;
    }
    followed = await follow();
    if (typeof followed === 'number') return followed;
    if (followed === 'another' || tries === TRIES) throw refused;
    await pause(between, undefined, { signal });
  }
}
