import { setTimeout as pause } from 'node:timers/promises';
import { EXIT, type ExitCode, Problem } from '../core/problem.ts';
import { exitOf } from './render.ts';

/** What there was to follow: a run of something else, or none any more. Where one was followed, how it ended. */
export type Followed = ExitCode | 'another' | 'over';

/** How often hosts are looked at when each run that is in the way has ended by the second look; milliseconds between. */
const [TRIES, PAUSE] = [5, 1_000];

/**
 * Follows the run that is in the way of what is attempted. One that has ended when it was to be followed is in nobody's way:
 * then it is attempted again.
 * @throws whatever the attempt threw, where another run is in the way; Problem `locked` where there is always a new one
 */
export async function orFollow(
  environment: string,
  attempt: () => Promise<ExitCode>,
  follow: () => Promise<Followed>,
  signal: AbortSignal,
  between = PAUSE,
): Promise<ExitCode> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (exitOf(error) !== EXIT.locked) throw error;
      const followed = await follow();
      if (followed === 'another') throw error;
      if (followed !== 'over') return followed;
    }
    if (tries === TRIES) throw alwaysAnother(environment);
    await pause(between, undefined, { signal });
  }
}

function alwaysAnother(environment: string): Problem {
  return new Problem({
    code: 'locked',
    what: `one run after the other begins and ends on ${environment} while it is looked at`,
    fix: `tagship status ${environment}`,
    exit: EXIT.locked,
  });
}
