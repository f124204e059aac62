import { EXIT, type ExitCode, Problem, refuseIfAny } from '../core/problem.ts';
import { lookAtUnit, type PreparePlan, planPreparation, prepareHost } from '../deploy/prepare-host.ts';
import { cloneRefusals } from '../deploy/refusals.ts';
import { systemClock } from '../io/clock.ts';
import type { Host } from '../io/ports.ts';
import { fromAllHosts } from './all-hosts.ts';
import { confirm } from './ask.ts';
import type { CommandModule, Context } from './command.ts';
import { type EnvironmentHost, loadEnvironment } from './environment.ts';
import { lookInTime } from './look-in-time.ts';
import { openHost } from './open-host.ts';
import { renderPlan } from './render.ts';

interface HostOptions {
  readonly remove?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export const declare: CommandModule['declare'] = (command, finish) => {
  command
    .argument('<what>', 'prepare: have the hosts end by themselves, at a boot, what a power cut interrupted')
    .argument('<environment>', 'as tagship.yaml names it')
    .option('--remove', 'take it away again')
    .option('--dry-run', 'show what would be written and stop')
    .option('-y, --yes', 'do not ask')
    .action((what: string, name: string, options: HostOptions) =>
      finish(async (context) => {
        if (what !== 'prepare') throw unknownWord(what, name);
        return prepare(context, name, options);
      }),
    );
};

function unknownWord(what: string, name: string): Problem {
  return new Problem({
    code: 'unknown-word',
    what: `tagship host knows no ${what}`,
    fix: `tagship host prepare ${name}`,
    exit: EXIT.usage,
  });
}

interface Planned {
  readonly host: Host;
  readonly plan: PreparePlan;
}

/** Looks at every host and plans for all before the first is changed. */
async function prepare(context: Context, name: string, options: HostOptions): Promise<ExitCode> {
  const { config, hosts: named } = await loadEnvironment(context.cwd, name);
  const hosts: Host[] = [];
  const planOn = async (one: EnvironmentHost): Promise<Planned> => {
    const host = await openHost(context, one, config.ssh);
    hosts.push(host);
    const facts = await lookInTime(host, config, 'history', context.signal);
    refuseIfAny(cloneRefusals(facts, config.path));
    const found = await lookAtUnit(host, facts, config.path);
    const wanted = options.remove ? 'removed' : 'installed';
    return { host, plan: planPreparation(facts, found, config.path, wanted, systemClock.now()) };
  };
  try {
    return await carryOut(context, await fromAllHosts(named.map(planOn)), options);
  } finally {
    await Promise.all(hosts.map((host) => host.close()));
  }
}

async function carryOut(
  context: Context,
  planned: readonly Planned[],
  { dryRun, yes }: HostOptions,
): Promise<ExitCode> {
  const { terminal, json } = context;
  const tell = (outcome: string, exit: ExitCode) => {
    if (json) terminal.out(`${JSON.stringify({ outcome, exit, plans: planned.map(({ plan }) => plan) })}\n`);
    return exit;
  };
  for (const { plan } of planned) {
    const text = plan.steps.length === 0 ? `nothing to do on ${plan.details.host}\n` : renderPlan(plan, terminal);
    if (dryRun && !json) terminal.out(text);
    else terminal.err(text);
  }
  if (dryRun) return tell('planned', EXIT.done);
  const open = planned.filter(({ plan }) => plan.steps.length > 0);
  if (open.length > 0 && !yes && !(await confirm(context, 'Do that?'))) return tell('declined', EXIT.refused);
  await fromAllHosts(open.map(({ host, plan }) => prepareHost(host, plan)));
  for (const { plan } of open) terminal.err(done(plan));
  return tell('done', EXIT.done);
}

function done({ details: { host, unit, wanted } }: PreparePlan): string {
  return wanted === 'installed' ? `${host}: ${unit.name} runs at every boot\n` : `${host}: ${unit.name} is gone\n`;
}
