import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { EXIT, type ExitCode } from '../core/problem.ts';
import { type DeployRequest, planRun } from '../deploy/plan.ts';
import type { DeployPlan } from '../deploy/plan-shape.ts';
import { systemClock } from '../io/clock.ts';
import type { Host } from '../io/ports.ts';
import { fromAllHosts } from './all-hosts.ts';
import { confirm } from './ask.ts';
import { carryOutOn, type PlannedHost } from './carry-out-on.ts';
import type { Context } from './command.ts';
import type { NamedEnvironment } from './environment.ts';
import { followRunning } from './follow-running.ts';
import { exitOfAll, type HostReport, isPartial, renderReports, reportOf } from './host-report.ts';
import { lookInTime } from './look-in-time.ts';
import { lookSettled } from './look-settled.ts';
import { openHost } from './open-host.ts';
import { exitOf, renderPlan } from './render.ts';
import { waitForLock } from './wait-for-lock.ts';

export interface ShipOptions {
  readonly dryRun?: boolean | undefined;
  readonly yes?: boolean | undefined;
  /** Wait for runs of others that are in the way: nobody would try again. */
  readonly waits?: boolean | undefined;
  /** Follow a run that is at work and is the very one asked for, in place of refusing. */
  readonly follow?: boolean | undefined;
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
  const hosts = new Map<string, Host>();
  const planOn = async (written: string) => {
    const host = hosts.get(written) ?? (await openHost(written, environment.config.ssh, process.env));
    hosts.set(written, host);
    return { host, plan: await planFor(host, context, environment, wanted, options) };
  };
  const planAll = () => fromAllHosts(environment.config.hosts.map(planOn));
  try {
    const planned = await (options.waits ? waitForLock(context, planAll) : planAll());
    return await carryOutAll(context, environment, wanted, planned, options);
  } catch (error) {
    if (!options.follow || options.dryRun || exitOf(error) !== EXIT.locked) throw error;
    const asked = { ...wanted, environment: environment.name };
    const exit = await followRunning(context, environment, asked, [...hosts.values()]);
    if (exit === undefined) throw error;
    return exit;
  } finally {
    await Promise.all([...hosts.values()].map((host) => host.close()));
  }
}

async function planFor(
  host: Host,
  context: Context,
  environment: NamedEnvironment,
  wanted: Wanted,
  { dryRun }: ShipOptions,
): Promise<DeployPlan> {
  const { name, config, tagFormat } = environment;
  const { signal, version } = context;
  // A dry run only looks.
  const facts = dryRun
    ? await lookInTime(host, config, wanted.kind, signal)
    : await lookSettled(host, context, environment, wanted.kind);
  const request: DeployRequest = {
    ...wanted,
    environment: name,
    who: `${userName()}@${hostname()}`,
    tagship: version,
    now: systemClock.now(),
    nonce: randomBytes(3).toString('hex'),
  };
  return planRun(facts, request, config, tagFormat);
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
  environment: NamedEnvironment,
  wanted: Wanted,
  planned: readonly PlannedHost[],
  { dryRun, yes, waits }: ShipOptions,
): Promise<ExitCode> {
  const { terminal, json } = context;
  const { name } = environment;
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
    const replan = waits
      ? () => planFor(one.host, context, environment, { ...wanted, tag: one.plan.details.about.tag }, {})
      : undefined;
    reports.push(goesOn ? await carryOutOn(context, environment, one, replan) : notStarted(context, one));
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

function notStarted({ signal }: Context, { plan }: PlannedHost): HostReport {
  const exit = signal.aborted ? EXIT.interrupted : EXIT.refused;
  return reportOf(plan, { outcome: 'not-started', exit, problem: undefined });
}
