import type { RunEvent } from '../core/events.ts';
import { EXIT } from '../core/problem.ts';
import { carryOut, type RunResult } from '../deploy/act.ts';
import type { DeployPlan } from '../deploy/plan-shape.ts';
import { askUrl } from '../io/ask-url.ts';
import type { Host } from '../io/ports.ts';
import { problemsOf } from './all-hosts.ts';
import { orInterrupted } from './broken-off.ts';
import type { Context } from './command.ts';
import type { NamedEnvironment } from './environment.ts';
import { type HostReport, reportOf } from './host-report.ts';
import { exitOf, renderEvent, renderFailure, renderPlan } from './render.ts';
import { runProblem } from './run-problem.ts';
import { waitForLock } from './wait-for-lock.ts';

export interface PlannedHost {
  readonly host: Host;
  readonly plan: DeployPlan;
}

/**
 * Carries one plan out and tells how it ended. With `replan`, a run of somebody else's that came between the look and
 * the start is waited for. Never throws: what happened on the hosts before this one must be told whatever happens here.
 */
export async function carryOutOn(
  context: Context,
  { name, config }: NamedEnvironment,
  { host, plan: first }: PlannedHost,
  replan: (() => Promise<DeployPlan>) | undefined,
): Promise<HostReport> {
  const { terminal, signal } = context;
  const report = (event: RunEvent) => terminal.err(renderEvent(event, terminal));
  let plan = first;
  let isPlanStale = false;
  const attempt = async () => {
    const result = await carryOut(plan, host, { report, signal, patience: config.ssh.reconnect, ask: askUrl });
    isPlanStale = wasOvertaken(result);
    return result;
  };
  try {
    let result = await attempt();
    if (replan !== undefined && wasOvertaken(result)) {
      const again = async () => {
        plan = await replan();
        isPlanStale = false;
        terminal.err(renderPlan(plan, terminal));
        return attempt();
      };
      result = await waitForLock(context, again, wasOvertaken);
    }
    const problem = runProblem(plan, result, name);
    if (problem === undefined) terminal.err(`${plan.details.about.tag} serves on ${name} (${host.name})\n`);
    else terminal.err(renderFailure(problem, terminal));
    const how = { outcome: result.outcome, exit: problem?.exit ?? EXIT.done, problem: problem?.toJSON() };
    return reportOf(plan, how, isPlanStale);
  } catch (thrown) {
    const error = orInterrupted(thrown, signal);
    terminal.err(renderFailure(error, terminal));
    const [expected] = problemsOf(error);
    const outcome = expected === undefined ? 'bug' : 'failed';
    const problem = expected?.toJSON() ?? { code: 'bug', what: String(error) };
    return reportOf(plan, { outcome, exit: exitOf(error), problem }, isPlanStale);
  }
}

/** Another run is at work, or has been since the plan was made. */
function wasOvertaken({ outcome, failed }: RunResult): boolean {
  return outcome === 'locked' || (outcome === 'failed' && failed?.id === 'guard');
}
