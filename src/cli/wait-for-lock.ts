import { setTimeout as pause } from 'node:timers/promises';
import { EXIT, type ExitCode } from '../core/problem.ts';
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
 * @throws whatever the last try threw
 */
export async function waitForLock(
  { terminal, signal }: Context,
  attempt: () => Promise<ExitCode>,
  { limit, between }: Patience = PATIENCE,
): Promise<ExitCode> {
  const end = Date.now() + limit;
  for (let tries = 1; ; tries += 1) {
    try {
      const exit = await attempt();
      if (exit !== EXIT.locked || Date.now() > end) return exit;
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
