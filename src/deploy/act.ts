import type { Report } from '../core/events.ts';
import { EXIT, LINK_LOST, Problem } from '../core/problem.ts';
import type { Host, ScriptResult } from '../io/ports.ts';
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
 * @throws Problem when the run was certainly not started, so that nothing has changed
 */
export async function carryOut(plan: DeployPlan, host: Host, report: Report, signal: AbortSignal): Promise<RunResult> {
  signal.throwIfAborted();
  if (!(await start(plan, host))) return { outcome: 'unknown', failed: undefined };
  const progress = readProgress(plan, report);
  const script = `exec sh "$1/follow.sh" "$1" 0`;
  const options = { args: [runFolder(plan)], onLine: progress.line, signal };
  const followed = await unlessCutOff(host.run(script, options)).catch((error: unknown) => {
    if (signal.aborted) return 'detached' as const;
    throw error;
  });
  if (followed === 'detached') return { outcome: 'detached', failed: undefined };
  // A follower that read to the end and was told no outcome: the runner was killed. One that did not get there knows nothing.
  const untold = followed?.exitCode === 0 ? 'interrupted' : 'unknown';
  return { outcome: progress.outcome() ?? untold, failed: progress.failed() };
}

/** @returns whether it was certainly started; when false, the host may have begun all the same */
async function start(plan: DeployPlan, host: Host): Promise<boolean> {
  // Not abortable: whether it was started should be known, one way or the other.
  const result = await unlessCutOff(host.run(startScript(plan)));
  if (result?.exitCode === undefined) return false;
  if (result.exitCode === 0) return true;
  throw new Problem({
    code: 'start-failed',
    what: `the run could not be started on ${plan.details.host}; nothing has changed`,
    why: result.stderr.trim(),
    fix: `see that there is room on the host's disk: df -h ${plan.details.path}`,
    exit: EXIT.refused,
  });
}

/** What a script came to; undefined when the link died first. */
async function unlessCutOff(running: Promise<ScriptResult>): Promise<ScriptResult | undefined> {
  try {
    return await running;
  } catch (error) {
    if (error instanceof Problem && error.code === LINK_LOST) return undefined;
    throw error;
  }
}
