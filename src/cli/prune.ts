import { EXIT, type ExitCode, Problem, refuseIfAny } from '../core/problem.ts';
import { lookAtImages, type Pruned, prune } from '../deploy/prune/act.ts';
import { megabytes, type PrunePlan, planPrune, spareImages } from '../deploy/prune/plan-prune.ts';
import { cloneRefusals, dockerRefusals, lockedProblem } from '../deploy/refusals.ts';
import { systemClock } from '../io/clock.ts';
import type { Host } from '../io/ports.ts';
import { fromAllHosts } from './all-hosts.ts';
import { confirm, declined } from './ask.ts';
import type { CommandModule, Context } from './command.ts';
import { type EnvironmentHost, loadEnvironment } from './environment.ts';
import { lookInTime } from './look-in-time.ts';
import { openHost } from './open-host.ts';
import { printable, renderPlan } from './render.ts';

interface PruneOptions {
  readonly keep: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export const declare: CommandModule['declare'] = (command, finish) => {
  command
    .argument('<environment>', 'as tagship.yaml names it')
    .option('--keep <number>', 'how many of the newest releases keep what belongs to them', '5')
    .option('--dry-run', 'show what would be removed and stop')
    .option('-y, --yes', 'do not ask')
    .action((name: string, options: PruneOptions) =>
      finish(async (context) => {
        if (!/^\d{1,6}$/.test(options.keep)) throw notANumber(options.keep, name);
        return pruneAll(context, name, options);
      }),
    );
};

function notANumber(keep: string, name: string): Problem {
  return new Problem({
    code: 'usage',
    what: `--keep ${keep} is no number of releases`,
    fix: `tagship prune ${name} --keep 5`,
    exit: EXIT.usage,
  });
}

interface Planned {
  readonly host: Host;
  readonly plan: PrunePlan;
}

/** Looks at every host and plans for all before anything is removed. */
async function pruneAll(context: Context, name: string, options: PruneOptions): Promise<ExitCode> {
  const { config, hosts: named } = await loadEnvironment(context.cwd, name);
  const keep = Number(options.keep);
  const hosts: Host[] = [];
  const planOn = async (one: EnvironmentHost): Promise<Planned> => {
    const host = await openHost(context, one, config.ssh);
    hosts.push(host);
    const facts = await lookInTime(host, config, 'rollback', context.signal);
    refuseIfAny([
      ...cloneRefusals(facts, config.path),
      // Images that cannot be seen are not gone: what was kept of their releases would be.
      ...dockerRefusals(facts),
      ...(facts.locked ? [lockedProblem(host.name, name, facts)] : []),
    ]);
    const present = await lookAtImages(host, spareImages(facts, keep));
    return { host, plan: planPrune(facts, present, config, { environment: name, keep, now: systemClock.now() }) };
  };
  try {
    return await carryOut(context, name, await fromAllHosts(named.map(planOn)), options);
  } finally {
    await Promise.all(hosts.map((host) => host.close()));
  }
}

async function carryOut(
  context: Context,
  name: string,
  planned: readonly Planned[],
  { dryRun, yes }: PruneOptions,
): Promise<ExitCode> {
  const { terminal, json } = context;
  for (const { plan } of planned) {
    const text = plan.steps.length === 0 ? `nothing to remove on ${plan.details.host}\n` : renderPlan(plan, terminal);
    if (dryRun && !json) terminal.out(text);
    else terminal.err(text);
  }
  const plans = planned.map(({ plan }) => plan);
  if (dryRun) {
    if (json) terminal.out(`${JSON.stringify({ outcome: 'planned', exit: EXIT.done, plans })}\n`);
    return EXIT.done;
  }
  const open = planned.filter(({ plan }) => plan.steps.length > 0);
  if (open.length > 0 && !yes && !(await confirm(context, 'Remove that?'))) return declined(context);
  const ends = await fromAllHosts(
    open.map(async ({ host, plan }) => ({ host: host.name, ...(await prune(host, plan, name)) })),
  );
  for (const end of ends) terminal.err(told(end));
  if (json) terminal.out(`${JSON.stringify({ outcome: 'done', exit: EXIT.done, hosts: ends })}\n`);
  return EXIT.done;
}

function told({ host, units, images, freed, kept }: Pruned & { readonly host: string }): string {
  const lines = kept.map((line) => `  ${printable(`${host}: kept ${line}`)}\n`).join('');
  return `${lines}${host}: ${units.length} releases forgotten, ${images.length} images removed, up to ${megabytes(freed)} freed\n`;
}
