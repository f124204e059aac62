import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { EXIT, type ExitCode } from '../core/problem.ts';
import { carryOut, type RunResult } from '../deploy/act.ts';
import { look } from '../deploy/look.ts';
import { type DeployRequest, planRun } from '../deploy/plan.ts';
import type { DeployPlan } from '../deploy/plan-shape.ts';
import { systemClock } from '../io/clock.ts';
import type { Host } from '../io/ports.ts';
import { confirm } from './ask.ts';
import type { Context } from './command.ts';
import type { NamedEnvironment } from './environment.ts';
import { openHost } from './open-host.ts';
import { renderEvent, renderFailure, renderPlan } from './render.ts';
import { runProblem } from './run-problem.ts';

export interface ShipOptions {
  readonly dryRun?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

type Wanted = Pick<DeployRequest, 'kind' | 'tag' | 'notOlder'>;

/**
 * Deploys to, or rolls back, every host of an environment: looks at all of them and plans for all before the first
 * changes, then one after the other. A host that fails stops the rest.
 * @throws Problem, Refusals when nothing has changed anywhere
 */
export async function ship(
  context: Context,
  environment: NamedEnvironment,
  wanted: Wanted,
  options: ShipOptions,
): Promise<ExitCode> {
  const hosts: Host[] = [];
  try {
    for (const written of environment.config.hosts) {
      hosts.push(await openHost(written, environment.config.ssh, process.env));
    }
    const planned = await Promise.all(hosts.map((host) => planFor(host, context, environment, wanted)));
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
  const facts = await look(host, config, wanted.kind, signal);
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
  if (!yes && !(await confirm(context, `${planned[0]?.plan.title}?`))) return EXIT.refused;
  const reports: HostReport[] = [];
  for (const { host, plan } of planned) {
    const report = await carryOutOne(context, name, host, plan);
    reports.push(report);
    if (report.exit !== EXIT.done) break;
  }
  const exit = reports.at(-1)?.exit ?? EXIT.done;
  if (json) terminal.out(`${JSON.stringify({ outcome: reports.at(-1)?.outcome, exit, hosts: reports })}\n`);
  return exit;
}

interface HostReport {
  readonly host: string;
  readonly outcome: RunResult['outcome'];
  readonly exit: ExitCode;
  readonly run: string;
  readonly tag: string;
  readonly commit: string;
  readonly previous: string | undefined;
  readonly problem: object | undefined;
}

async function carryOutOne(context: Context, name: string, host: Host, plan: DeployPlan): Promise<HostReport> {
  const { terminal, signal } = context;
  const { about } = plan.details;
  const result = await carryOut(plan, host, (event) => terminal.err(renderEvent(event, terminal)), signal);
  const problem = runProblem(plan, result, name);
  if (problem === undefined) terminal.err(`${about.tag} serves on ${name} (${host.name})\n`);
  else terminal.err(renderFailure(problem, terminal));
  return {
    host: host.name,
    outcome: result.outcome,
    exit: problem?.exit ?? EXIT.done,
    run: about.run,
    tag: about.tag,
    commit: about.commit,
    previous: about.previous.tag,
    problem: problem?.toJSON(),
  };
}
