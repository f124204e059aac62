import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { EXIT, type ExitCode, Problem } from '../core/problem.ts';
import { carryOut } from '../deploy/act.ts';
import { type DeployRequest, planRun } from '../deploy/plan.ts';
import type { DeployPlan } from '../deploy/plan-shape.ts';
import { systemClock } from '../io/clock.ts';
import type { Host } from '../io/ports.ts';
import { fromAllHosts } from './all-hosts.ts';
import { confirm } from './ask.ts';
import type { Context } from './command.ts';
import type { NamedEnvironment } from './environment.ts';
import { exitOfAll, type HostReport, isPartial, renderReports, reportOf } from './host-report.ts';
import { lookInTime } from './look-in-time.ts';
import { openHost } from './open-host.ts';
import { exitOf, renderEvent, renderFailure, renderPlan } from './render.ts';
import { runProblem } from './run-problem.ts';

export interface ShipOptions {
  readonly dryRun?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

type Wanted = Pick<DeployRequest, 'kind' | 'tag' | 'notOlder'>;

/**
 * Deploys to, or rolls back, every host of an environment: looks at all of them and plans for all before the first
 * changes, then one after the other. A host that fails stops the rest.
 * @throws Problem, Refusals before anything has changed anywhere, with what every host is refused for
 */
export async function ship(
  context: Context,
  environment: NamedEnvironment,
  wanted: Wanted,
  options: ShipOptions,
): Promise<ExitCode> {
  const hosts: Host[] = [];
  try {
    const planned = await fromAllHosts(
      environment.config.hosts.map(async (written) => {
        const host = await openHost(written, environment.config.ssh, process.env);
        hosts.push(host);
        return planFor(host, context, environment, wanted);
      }),
    );
    return await carryOutAll(context, environment, planned, options);
  } finally {
    await Promise.all(hosts.map((host) => host.close()));
  }
}

interface Planned {
  readonly host: Host;
  readonly plan: DeployPlan;
}

async function planFor(
  host: Host,
  { signal, version }: Context,
  { name, config, tagFormat }: NamedEnvironment,
  wanted: Wanted,
): Promise<Planned> {
  const facts = await lookInTime(host, config, wanted.kind, signal);
  const request: DeployRequest = {
    ...wanted,
    environment: name,
    who: `${userName()}@${hostname()}`,
    tagship: version,
    now: systemClock.now(),
    nonce: randomBytes(3).toString('hex'),
  };
  return { host, plan: planRun(facts, request, config, tagFormat) };
}

/** A container's user may have a number and no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

async function carryOutAll(
  context: Context,
  { name }: NamedEnvironment,
  planned: readonly Planned[],
  { dryRun, yes }: ShipOptions,
): Promise<ExitCode> {
  const { terminal, json } = context;
  if (dryRun) {
    if (json) terminal.out(`${JSON.stringify({ outcome: 'planned', plans: planned.map(({ plan }) => plan) })}\n`);
    else for (const { plan } of planned) terminal.out(renderPlan(plan, terminal));
    return EXIT.done;
  }
  for (const { plan } of planned) terminal.err(renderPlan(plan, terminal));
  if (!yes && !(await confirm(context, `${planned[0]?.plan.title}?`))) return declined(context);
  const reports: HostReport[] = [];
  for (const one of planned) {
    const goesOn = reports.every(({ outcome }) => outcome === 'succeeded') && !context.signal.aborted;
    reports.push(goesOn ? await carryOutOne(context, name, one) : notStarted(context, one));
  }
  const exit = exitOfAll(reports);
  if (isPartial(reports)) {
    terminal.err(
      `not every host of ${name} has the release:\n${renderReports(reports)}  next: tagship status ${name}\n`,
    );
  }
  const outcome = isPartial(reports) ? 'partial' : reports[0]?.outcome;
  if (json) terminal.out(`${JSON.stringify({ outcome, exit, hosts: reports })}\n`);
  return exit;
}

function declined({ terminal, json }: Context): ExitCode {
  terminal.err('nothing was done\n');
  if (json) terminal.out(`${JSON.stringify({ outcome: 'declined', exit: EXIT.refused })}\n`);
  return EXIT.refused;
}

/** Never throws: what happened on the hosts before this one must be told whatever happens here. */
async function carryOutOne(context: Context, name: string, { host, plan }: Planned): Promise<HostReport> {
  const { terminal, signal } = context;
  try {
    const result = await carryOut(plan, host, (event) => terminal.err(renderEvent(event, terminal)), signal);
    const problem = runProblem(plan, result, name);
    if (problem === undefined) terminal.err(`${plan.details.about.tag} serves on ${name} (${host.name})\n`);
    else terminal.err(renderFailure(problem, terminal));
    return reportOf(plan, { outcome: result.outcome, exit: problem?.exit ?? EXIT.done, problem: problem?.toJSON() });
  } catch (error) {
    terminal.err(renderFailure(error, terminal));
    const isExpected = error instanceof Problem;
    const outcome = isExpected ? 'failed' : 'bug';
    const problem = isExpected ? error.toJSON() : { code: 'bug', what: String(error) };
    return reportOf(plan, { outcome, exit: exitOf(error), problem });
  }
}

function notStarted({ signal }: Context, { plan }: Planned): HostReport {
  const exit = signal.aborted ? EXIT.interrupted : EXIT.refused;
  return reportOf(plan, { outcome: 'not-started', exit, problem: undefined });
}
