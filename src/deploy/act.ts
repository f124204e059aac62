import type { Report } from '../core/events.ts';
import { EXIT, LINK_LOST, Problem } from '../core/problem.ts';
import { shellQuote } from '../core/shell-quote.ts';
import type { AskUrl, Host } from '../io/ports.ts';
import { CONFIRM_STEP, confirmFromOutside } from './confirm.ts';
import { followRun } from './follow.ts';
import type { DeployPlan } from './plan-shape.ts';
import { type FailedStep, readProgress } from './progress.ts';
import type { RunOutcome } from './run.ts';
import { settleScript, startScript } from './upload.ts';

/** How a run ended as far as we can tell: `unknown` and `detached` mean that the host goes on without us. */
export type Outcome = RunOutcome | 'locked' | 'unknown' | 'detached' | 'interrupted';

export interface RunResult {
  readonly outcome: Outcome;
  readonly failed: FailedStep | undefined;
  /** What the user should know besides. */
  readonly notices?: readonly string[];
}

export interface Watching {
  readonly report: Report;
  /** Ends the watching, never the run. */
  readonly signal: AbortSignal;
  /** How long a lost link is tried again, in milliseconds. */
  readonly patience: number;
  /** Looks from outside, for a run that has to be confirmed. */
  readonly ask: AskUrl;
  /** Told once the host holds the lock for this run. Not told where we are cut off then: its first step tells. */
  readonly locked?: () => void;
  /** A {@link wake} that is under way already. */
  readonly awake?: Promise<void>;
}

/**
 * Hands the plan to the host and follows what the host does with it, until it ends or we are cut off from it.
 * @throws Problem when the run was certainly not started, so that nothing has changed
 */
export async function carryOut(plan: DeployPlan, host: Host, watching: Watching): Promise<RunResult> {
  await (watching.awake ?? wake(host, watching.signal));
  if (watching.signal.aborted) throw interrupted();
  return watch(plan, host, watching, await start(plan, host, watching.locked));
}

/** Follows a run that somebody else started, told from its beginning. */
export function followOn(plan: DeployPlan, host: Host, watching: Watching): Promise<RunResult> {
  return watch(plan, host, watching, true);
}

/**
 * Ends a run whose runner died, as the host would by itself, and follows that. Of what the dead runner said nothing is
 * told again.
 * @throws Problem when the host could not be asked to
 */
export async function settle(plan: DeployPlan, host: Host, watching: Watching): Promise<RunResult> {
  await host.run(settleScript(plan));
  let settling = false;
  const report: Report = (event) => {
    settling ||= event.type === 'note';
    if (settling) watching.report(event);
  };
  return watch(plan, host, { ...watching, report }, true);
}

/** @param isStarted whether the run has certainly begun */
async function watch(plan: DeployPlan, host: Host, watching: Watching, isStarted: boolean): Promise<RunResult> {
  const { signal } = watching;
  const over = new AbortController();
  const report: Report = (event) => {
    watching.report(event);
    if (event.type !== 'step-started' || event.step !== CONFIRM_STEP) return;
    void confirmFromOutside(plan, host, watching.ask, AbortSignal.any([signal, over.signal]));
  };
  const progress = readProgress(plan, report);
  try {
    const followed = await followRun(plan, host, progress, watching);
    if (followed === 'never-begun') throw notStarted(plan, 'the link was lost before it had begun');
    // A log that was read to its end and tells no outcome: the runner was killed.
    const untold = followed === 'ended' ? 'interrupted' : 'unknown';
    return { outcome: progress.outcome() ?? untold, failed: progress.failed(), notices: progress.notices() };
  } catch (error) {
    if (signal.aborted) return { outcome: isStarted ? 'detached' : 'unknown', failed: undefined };
    throw error;
  } finally {
    over.abort();
  }
}

/**
 * Finds out whether the link lives before anything is sent: it may have died while another host was deployed to.
 * @throws Problem when the host cannot be reached any more; nothing has changed there
 */
export async function wake(host: Host, signal: AbortSignal): Promise<void> {
  const isThere = () => host.run(':', { signal });
  try {
    await isThere().catch((error: unknown) => {
      if (error instanceof Problem && error.code === LINK_LOST) return isThere();
      throw error;
    });
  } catch (error) {
    if (signal.aborted) throw interrupted();
    throw untouched(error);
  }
}

/**
 * @returns whether the run was certainly started; when we were cut off, whoever follows finds out
 * @throws Problem when it was certainly not started
 */
async function start(plan: DeployPlan, host: Host, locked: Watching['locked']): Promise<boolean> {
  // Not abortable: whether it was started should be known, one way or the other.
  const result = await host.run(startScript(plan)).catch((error: unknown) => {
    if (error instanceof Problem && error.code === LINK_LOST) return undefined;
    throw untouched(error);
  });
  if (result?.exitCode === undefined) return false;
  if (result.exitCode === 0) {
    if (result.stdout.endsWith('started\n')) locked?.();
    return true;
  }
  throw notStarted(plan, result.stderr.trim());
}

/** A host that could not be asked for anything. */
function untouched(error: unknown): unknown {
  if (!(error instanceof Problem)) return error;
  return new Problem({ ...error.toJSON(), what: `${error.what}; nothing has changed there` });
}

/** Broken off by the user before anything was sent. */
export function interrupted(): Problem {
  return new Problem({
    code: 'interrupted',
    what: 'interrupted before the run was started: nothing has changed',
    fix: 'run the same command again',
    exit: EXIT.interrupted,
  });
}

function notStarted({ details: { host, path } }: DeployPlan, why: string): Problem {
  return new Problem({
    code: 'start-failed',
    what: `the run could not be started on ${host}; nothing has changed`,
    why,
    fix: `see that the host is up, and that there is room on its disk: df -h ${shellQuote(path)}`,
    exit: EXIT.refused,
  });
}
