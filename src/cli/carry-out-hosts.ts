import { EXIT } from '../core/problem.ts';
import { carryOutFleet, isOvertaken } from '../deploy/fleet/carry-out-fleet.ts';
import { withGates } from '../deploy/fleet/gates.ts';
import type { HostEnd, PlannedHost } from '../deploy/fleet/member.ts';
import type { DeployPlan } from '../deploy/plan-shape.ts';
import { askUrl } from '../io/ask-url.ts';
import { problemsOf } from './all-hosts.ts';
import { orInterrupted } from './broken-off.ts';
import type { Context } from './command.ts';
import type { NamedEnvironment } from './environment.ts';
import { fleetReport } from './fleet-report.ts';
import { type HostReport, renderNotices, reportOf } from './host-report.ts';
import { exitOf, renderFailure } from './render.ts';
import { renderPlans } from './render-plans.ts';
import { cutOffBefore, interruptedBefore, runProblem } from './run-problem.ts';
import { waitForLock } from './wait-for-lock.ts';

/** Of several hosts, each waits for the others. */
export function gated(planned: readonly PlannedHost[], { config }: NamedEnvironment): readonly PlannedHost[] {
  if (planned.length === 1) return planned;
  const options = { keep: config.onFailure === 'revert-all', patience: config.ssh.reconnect };
  return planned.map((one) => ({ ...one, plan: withGates(one.plan, options) }));
}

/**
 * Carries the plans of an environment's hosts out and tells how each ended. With `replan`, a run of somebody else's that
 * came between the look and the start is waited for. Never throws for what an attempt came to: what happened on one host
 * must be told whatever happens on another.
 */
export async function carryOutHosts(
  context: Context,
  environment: NamedEnvironment,
  first: readonly PlannedHost[],
  replan: (() => Promise<readonly PlannedHost[]>) | undefined,
): Promise<readonly HostReport[]> {
  const { terminal, signal } = context;
  const { parallel, batches, onFailure, ssh } = environment.config;
  let planned = first;
  let ends: readonly HostEnd[] = [];
  let isStale = false;
  const attempt = async () => {
    const live = fleetReport(terminal, planned);
    const watch = ({ host }: PlannedHost) => ({
      report: live.reportOf(host.name),
      signal,
      patience: ssh.reconnect,
      ask: askUrl,
    });
    ends = await carryOutFleet(planned, { parallel, batches, onFailure }, watch, signal);
    live.end();
  };
  const wasOvertaken = () => ends.some(isOvertaken);
  try {
    await attempt();
    if (replan !== undefined && wasOvertaken()) {
      const again = async () => {
        planned = await replan();
        ends = [];
        terminal.err(renderPlans(plansOf(planned), terminal));
        return attempt();
      };
      await waitForLock(context, again, wasOvertaken);
    }
  } catch (error) {
    // What a second look was refused for names its hosts itself: it is told once.
    ends = planned.map((_, index) => (index === 0 ? { type: 'thrown', error } : { type: 'not-begun' }));
    isStale = true;
  }
  return planned.map(({ plan }, index) =>
    tell(context, environment, plan, ends[index] ?? { type: 'not-begun' }, isStale),
  );
}

function tell(
  context: Context,
  { name }: NamedEnvironment,
  plan: DeployPlan,
  end: HostEnd,
  isStale: boolean,
): HostReport {
  const { terminal, signal } = context;
  const isPlanStale = isStale || isOvertaken(end);
  switch (end.type) {
    case 'result': {
      const problem = runProblem(plan, end.result, name);
      if (problem === undefined) terminal.err(`${plan.details.about.tag} serves on ${name} (${plan.details.host})\n`);
      else terminal.err(renderFailure(problem, terminal));
      const { notices = [] } = end.result;
      terminal.err(renderNotices(notices));
      const how = {
        outcome: end.result.outcome,
        exit: problem?.exit ?? EXIT.done,
        problem: problem?.toJSON(),
        notices,
      };
      return reportOf(plan, how, isPlanStale);
    }
    case 'not-begun': {
      const problem = signal.aborted ? interruptedBefore(plan, end.waited) : undefined;
      if (problem !== undefined) terminal.err(renderFailure(problem, terminal));
      const exit = problem?.exit ?? EXIT.refused;
      return reportOf(plan, { outcome: 'not-started', exit, problem: problem?.toJSON() }, isPlanStale);
    }
    case 'cut-off': {
      const problem = cutOffBefore(plan, name);
      terminal.err(renderFailure(problem, terminal));
      return reportOf(plan, { outcome: 'failed', exit: problem.exit, problem: problem.toJSON() }, isPlanStale);
    }
    case 'thrown': {
      const error = orInterrupted(end.error, signal);
      terminal.err(renderFailure(error, terminal));
      const [expected] = problemsOf(error);
      const outcome = expected === undefined ? 'bug' : 'failed';
      const problem = expected?.toJSON() ?? { code: 'bug', what: String(error) };
      return reportOf(plan, { outcome, exit: exitOf(error), problem }, isPlanStale);
    }
  }
}

export const plansOf = (planned: readonly PlannedHost[]): readonly DeployPlan[] => planned.map(({ plan }) => plan);
