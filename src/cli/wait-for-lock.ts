import { setTimeout as pause } from 'node:timers/promises';
import { EXIT } from '../core/problem.ts';
import type { Context } from './command.ts';
import { exitOf } from './render.ts';

/** How long a run of somebody else's is waited for, and between two tries; in milliseconds. */
export interface Patience {
  readonly limit: number;
  readonly between: number;
}

/** Longer than a deployment that fails and is taken back: nobody else will try again for a tag that was pushed. */
const PATIENCE: Patience = { limit: 30 * 60_000, between: 5_000 };

/**
 * Tries until no other run is in the way, and says that it waits. Each try looks at the hosts anew.
 * @param isInTheWay whether what a try came to means that it is to be tried again
 * @throws whatever the last try threw
 */
export async function waitForLock<T>(
  { terminal, signal }: Context,
  attempt: () => Promise<T>,
  isInTheWay: (result: T) => boolean = () => false,
  { limit, between }: Patience = PATIENCE,
): Promise<T> {
  const end = Date.now() + limit;
  for (let tries = 1; ; tries += 1) {
    try {
      const result = await attempt();
      if (!isInTheWay(result) || Date.now() > end) return result;
    } catch (error) {
      if (exitOf(error) !== EXIT.locked || Date.now() > end) throw error;
    }
    if (tries === 1) {
      terminal.err(
        `another deployment is at work there: waiting for its end, ${Math.ceil(limit / 60_000)} min at most\n`,
      );
    }
    await pause(between, undefined, { signal });
  }
}
