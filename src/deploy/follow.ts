import { setTimeout as pause } from 'node:timers/promises';
import type { Report } from '../core/events.ts';
import { Problem } from '../core/problem.ts';
import type { Host } from '../io/ports.ts';
import aliveFunction from './host/alive.sh';
import followScript from './host/follow.sh';
import type { DeployPlan } from './plan-shape.ts';
import type { Progress } from './progress.ts';
import { runFolder } from './upload.ts';

/** `ended`: its log was read to the end. `never-begun`: nor will it. `unknown`: the host could not be reached again. */
export type Followed = 'ended' | 'never-begun' | 'unknown';

const NEVER_BEGUN = 75;
/** Milliseconds between two tries to get back to the host: they grow. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [500, 10_000];

/**
 * Reads along with a run until it ends. A link that is lost is tried again, and the log read on from where it was, for
 * `patience` milliseconds since it last told anything.
 * @throws whatever `signal` was aborted with
 */
export async function followRun(
  plan: DeployPlan,
  host: Host,
  progress: Progress,
  { report, signal, patience }: { report: Report; signal: AbortSignal; patience: number },
): Promise<Followed> {
  let [lines, lostAt, wait] = [0, 0, 0];
  for (;;) {
    const exitCode = await attach(plan, host, progress, signal);
    if (exitCode === 0) return 'ended';
    if (exitCode === NEVER_BEGUN) return 'never-begun';
    if (wait === 0 || progress.lines() > lines) {
      [lines, lostAt, wait] = [progress.lines(), performance.now(), FIRST_PAUSE];
      report({
        type: 'note',
        text: `the link to ${host.name} is lost: trying to get back, the host goes on by itself`,
      });
    }
    if (performance.now() - lostAt > patience) return 'unknown';
    await pause(wait, undefined, { signal });
    wait = Math.min(wait * 2, LONGEST_PAUSE);
  }
}

/** Exit status of the follower; undefined when it was cut off, or could not be asked for. */
async function attach(
  plan: DeployPlan,
  host: Host,
  progress: Progress,
  signal: AbortSignal,
): Promise<number | undefined> {
  const args = [runFolder(plan), String(progress.lines())];
  try {
    return (await host.run(`${aliveFunction}\n${followScript}`, { args, onLine: progress.line, signal })).exitCode;
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}
