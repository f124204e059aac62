import type { Report } from '../core/events.ts';
import { EXIT, Problem } from '../core/problem.ts';
import type { Host } from '../io/ports.ts';
import type { DeployPlan } from './plan-shape.ts';
import { type FailedStep, readProgress } from './progress.ts';
import type { RunOutcome } from './run.ts';
import { runFolder, startScript } from './upload.ts';

/** How a run ended as far as we can tell: `unknown` and `detached` mean that the host goes on without us. */
export type Outcome = RunOutcome | 'locked' | 'unknown' | 'detached' | 'interrupted';

export interface RunResult {
  readonly outcome: Outcome;
  readonly failed: FailedStep | undefined;
}

/**
 * Hands the plan to the host and follows what the host does with it, until it ends or we are cut off from it.
 * @throws Problem when the run could not even be started, so that nothing has changed
 */
export async function carryOut(plan: DeployPlan, host: Host, report: Report, signal: AbortSignal): Promise<RunResult> {
  signal.throwIfAborted();
  await start(plan, host);
  const progress = readProgress(plan, report);
  try {
    const script = `exec sh "$1/follow.sh" "$1" 0`;
    await host.run(script, { args: [runFolder(plan)], onLine: progress.line, signal });
  } catch (error) {
    if (signal.aborted) return { outcome: 'detached', failed: undefined };
    if (!isLinkLost(error)) throw error;
    return { outcome: progress.outcome() ?? 'unknown', failed: progress.failed() };
  }
  // The log ended and names no outcome: the runner itself was killed.
  return { outcome: progress.outcome() ?? 'interrupted', failed: progress.failed() };
}

async function start(plan: DeployPlan, host: Host): Promise<void> {
  // Not abortable: whether it was started must be known, one way or the other.
  const result = await host.run(startScript(plan));
  if (result.exitCode === 0) return;
  throw new Problem({
    code: 'start-failed',
    what: `the run could not be started on ${plan.details.host}; nothing has changed`,
    why: result.stderr.trim(),
    fix: `see that there is room on the host's disk: df -h ${plan.details.path}`,
    exit: EXIT.refused,
  });
}

function isLinkLost(error: unknown): boolean {
  return error instanceof Problem && error.code === 'link-lost';
}
