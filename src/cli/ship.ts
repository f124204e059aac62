import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import type { Report } from '../core/events.ts';
import { EXIT, type ExitCode, Problem } from '../core/problem.ts';
import { lookAtBackups } from '../deploy/backup/look-backups.ts';
import { type AskedRun, commandFor } from '../deploy/command-for.ts';
import type { HostFacts, RemoteTag } from '../deploy/facts.ts';
import type { PlannedHost } from '../deploy/fleet/member.ts';
import { deliverImages } from '../deploy/images/deliver-images.ts';
import { type DeployRequest, planRun } from '../deploy/plan.ts';
import type { DeployPlan } from '../deploy/plan-shape.ts';
import { sendRelease } from '../deploy/send-release.ts';
import { previousTag } from '../deploy/target-rollback.ts';
import { systemClock } from '../io/clock.ts';
import type { Host } from '../io/ports.ts';
import { fromAllHosts } from './all-hosts.ts';
import { announceDeployment } from './announce-deployment.ts';
import { confirm, declined } from './ask.ts';
import { carryOutHosts, gated, plansOf } from './carry-out-hosts.ts';
import type { Context } from './command.ts';
import { hasHooks, openHooks } from './deployment-hooks.ts';
import type { EnvironmentHost, NamedEnvironment } from './environment.ts';
import { followRunning } from './follow-running.ts';
import { exitOfAll, isPartial, outcomeOfAll, renderReports } from './host-report.ts';
import { lookInTime } from './look-in-time.ts';
import { lookSettled } from './look-settled.ts';
import { openHost } from './open-host.ts';
import { orFollow } from './or-follow.ts';
import { refuseDifferent, tagsToTake } from './refuse-different.ts';
import { openSource, openWorkshop } from './release-source.ts';
import { renderPlans } from './render-plans.ts';
import { waitForLock } from './wait-for-lock.ts';

export interface ShipOptions {
  readonly dryRun?: boolean | undefined;
  readonly yes?: boolean | undefined;
  /** Wait for runs of others that are in the way: nobody would try again. */
  readonly waits?: boolean | undefined;
  /** Follow a run that is at work and is the very one asked for, in place of refusing. */
  readonly follow?: boolean | undefined;
  /** Run the commands that the user has put around a deployment. Not those that a pushed tag brings. */
  readonly hooks?: boolean | undefined;
}

type Wanted = Pick<DeployRequest, 'kind' | 'method' | 'tag' | 'isHere' | 'backup' | 'notOlder'>;

/**
 * Deploys to, or rolls back, every host of an environment: looks at all of them and plans for all, has all of them get
 * ready under their locks, and only then changes the first.
 * @throws Problem, Refusals before anything has changed anywhere, with what every host is refused for
 */
export async function ship(
  context: Context,
  environment: NamedEnvironment,
  wanted: Wanted,
  options: ShipOptions,
): Promise<ExitCode> {
  const { config } = environment;
  const isSent = wanted.kind === 'deploy' && config.source === 'push';
  const source = isSent ? await openSource(context.cwd) : undefined;
  const workshop = wanted.kind === 'deploy' && config.images === 'stream' ? openWorkshop(context.cwd) : undefined;
  const hosts = new Map<string, Host>();
  const planOn = async (one: EnvironmentHost, what: Wanted) => {
    const host = hosts.get(one.written) ?? (await openHost(context, one, config.ssh));
    hosts.set(one.written, host);
    const { plan, tags } = await planFor(host, context, environment, what, options, source?.tags);
    return {
      host,
      plan,
      tags,
      ...(source && { send: (report: Report) => sendRelease(source.git, host, plan, report, context.signal) }),
      ...(workshop && { deliver: (report: Report) => deliverImages(workshop, host, plan, report) }),
    };
  };
  const planAll = async (what: Wanted) => {
    const planned = await fromAllHosts(environment.hosts.map((one) => planOn(one, what)));
    refuseDifferent(planned);
    return gated(planned, environment);
  };
  const attempt = async () => {
    const planned = await (options.waits ? waitForLock(context, () => planAll(wanted)) : planAll(wanted));
    return carryOutAll(context, environment, planned, wanted, planAll, options);
  };
  const asked = { ...wanted, environment: environment.name };
  const follow = () => followRunning(context, environment, asked, [...hosts.values()], source?.tags);
  try {
    if (!options.follow || options.dryRun) return await attempt();
    return await orFollow(attempt, follow, context.signal);
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
  tagsHere: readonly RemoteTag[] | undefined,
): Promise<{ readonly plan: DeployPlan; readonly tags: readonly string[] }> {
  const { name, config, tagFormat } = environment;
  const { signal, version } = context;
  const purpose = tagsHere === undefined ? wanted.kind : 'push';
  // A dry run only looks.
  const { facts: seen, before } = dryRun
    ? { facts: await lookInTime(host, config, purpose, signal) }
    : await lookSettled(host, context, environment, purpose);
  const facts = { ...seen, remoteTags: tagsHere ?? seen.remoteTags };
  const request: DeployRequest = {
    ...wanted,
    ...(before !== undefined && meantBefore(context, before, { ...wanted, environment: name })),
    environment: name,
    who: `${userName()}@${hostname()}`,
    from: loggedInFrom(),
    tagship: version,
    now: systemClock.now(),
    nonce: randomBytes(3).toString('hex'),
  };
  const backups = wanted.method === 'backup' ? await lookAtBackups(host, config.backup.restore, signal) : undefined;
  return { plan: planRun(facts, request, config, tagFormat, backups), tags: tagsToTake(facts, wanted.kind) };
}

/** Settling a run brings back what a rollback was asked to go back to: that is meant, and not what is under it. */
function meantBefore({ terminal }: Context, before: HostFacts, asked: Wanted & AskedRun): Pick<DeployRequest, 'tag'> {
  if (asked.kind !== 'rollback' || asked.tag !== undefined || asked.backup !== undefined) return {};
  const tag = previousTag(before);
  // The next time it would mean another one, whether this one is carried out or not.
  if (tag !== undefined) terminal.err(`the rollback that was asked for is: ${commandFor({ ...asked, tag })}\n`);
  return { tag };
}

/** Of a server that is pushed to, and of a machine that is logged in to: who is behind the user. */
function loggedInFrom(): string | undefined {
  const [address] = (process.env.SSH_CONNECTION ?? '').split(' ');
  return address || undefined;
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
  planned: readonly PlannedHost[],
  wanted: Wanted,
  replan: (wanted: Wanted) => Promise<readonly PlannedHost[]>,
  options: ShipOptions,
): Promise<ExitCode> {
  const { terminal, json } = context;
  const { name } = environment;
  const { dryRun, yes, waits } = options;
  const plans = plansOf(planned);
  if (dryRun) {
    if (json) terminal.out(`${JSON.stringify({ outcome: 'planned', plans })}\n`);
    else terminal.out(renderPlans(plans, terminal));
    return EXIT.done;
  }
  terminal.err(renderPlans(plans, terminal));
  const others = plans.length > 1 ? `, and the same on ${plans.length - 1} more` : '';
  const discardsData = wanted.method === 'backup';
  if (discardsData && !yes && !terminal.interactive) throw mustMeanIt(name, wanted);
  if (!yes && !(await confirm(context, `${plans[0]?.title}${others}?`, discardsData ? 'no' : 'yes'))) {
    return declined(context);
  }
  const hooks = options.hooks ? await openHooks(context, environment) : undefined;
  if (hooks === undefined && hasHooks(environment)) terminal.err(`the hooks of ${name} are not run for a push\n`);
  await hooks?.before(plans);
  // The release that was chosen, whatever has been pushed since.
  const again = () => replan({ ...wanted, tag: plans[0]?.details.about.tag });
  const reports = await carryOutHosts(context, environment, planned, waits ? again : undefined);
  const exit = exitOfAll(reports);
  if (isPartial(reports)) {
    terminal.err(
      `not every host of ${name} has the release:\n${renderReports(reports)}  next: tagship status ${name}\n`,
    );
  }
  const outcome = outcomeOfAll(reports);
  if (json) terminal.out(`${JSON.stringify({ outcome, exit, hosts: reports })}\n`);
  await hooks?.after(plans, { outcome, exit });
  await announceDeployment(context, environment, plans, { outcome, exit, reports });
  return exit;
}

function mustMeanIt(environment: string, wanted: Wanted): Problem {
  return new Problem({
    code: 'discards-data',
    what: 'data would be lost, and nobody is there to be asked',
    fix: `if you mean it: ${commandFor({ ...wanted, environment }, '--yes')}`,
    exit: EXIT.refused,
  });
}
