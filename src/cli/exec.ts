import { EXIT, Problem, refuseIfAny } from '../core/problem.ts';
import { shellJoin } from '../core/shell-quote.ts';
import { appCommand } from '../deploy/app-command.ts';
import { cloneRefusals, dockerRefusals } from '../deploy/refusals.ts';
import { refuseStoppedService } from '../deploy/refuse-stopped-service.ts';
import { refuseUnknownService } from '../deploy/refuse-unknown-service.ts';
import { withoutValues } from '../deploy/without-values.ts';
import type { AttachOptions, Host } from '../io/ports.ts';
import { fromAllHosts } from './all-hosts.ts';
import type { CommandModule, Context } from './command.ts';
import { loadEnvironment, type NamedEnvironment } from './environment.ts';
import { lookInTime } from './look-in-time.ts';
import { openHost } from './open-host.ts';
import { printable } from './render.ts';

interface ExecOptions {
  readonly host?: string;
  readonly dryRun?: boolean;
}

export const declare: CommandModule['declare'] = (command, finish) => {
  command
    .argument('<environment>', 'as tagship.yaml names it')
    .argument('<service>', 'of its Compose file')
    .argument('<command...>', 'after --: what is run in the container of that service')
    .option('--host <host>', 'on this host of the environment only, as tagship.yaml writes it')
    .option('--dry-run', 'show the command that would be run on each host and stop')
    .action((name: string, service: string, words: string[], options: ExecOptions) =>
      finish(async (context) =>
        execOn(context, await loadEnvironment(context.cwd, name), [service, ...words], options),
      ),
    );
};

/** On one host with our own streams, on several each line with whose it is. The exit status is that of the command, the worst of several. */
async function execOn(
  context: Context,
  environment: NamedEnvironment,
  words: readonly [string, ...string[]],
  options: ExecOptions,
): Promise<number> {
  const { config, tagFormat } = environment;
  const { json, signal, terminal } = context;
  const named = environment.hosts.filter(({ written }) => options.host === undefined || written === options.host);
  if (named.length === 0) throw unknownHost(environment, words, options.host ?? '');
  const isAttached = named.length === 1 && !json;
  const tty = isAttached && Boolean(process.stdin.isTTY && process.stdout.isTTY);
  const [service] = words;
  const hosts: Host[] = [];
  try {
    const planned = await fromAllHosts(
      named.map(async (one) => {
        const host = await openHost(context, one, config.ssh);
        hosts.push(host);
        const facts = await lookInTime(host, config, 'history', signal);
        refuseIfAny([...cloneRefusals(facts, config.path), ...dockerRefusals(facts)]);
        const meant = { services: [service], host, facts, environment: environment.name, config, tagFormat, signal };
        await refuseUnknownService(meant);
        await refuseStoppedService(meant);
        return { host, script: appCommand(facts, config, ['exec', ...(tty ? [] : ['-T']), ...words], tagFormat) };
      }),
    );
    if (options.dryRun) {
      const plans = planned.map(({ host, script }) => ({ host: host.name, command: script }));
      if (json) terminal.out(`${JSON.stringify({ outcome: 'planned', exit: EXIT.done, plans })}\n`);
      else for (const plan of plans) terminal.out(`${printable(`${plan.host}: ${plan.command}`)}\n`);
      return EXIT.done;
    }
    const [only] = planned;
    if (isAttached && only !== undefined) return (await attached(only.host, only.script, { tty, signal })) ?? KILLED;
    return await collect(context, planned);
  } finally {
    await Promise.all(hosts.map((host) => host.close()));
  }
}

async function attached(host: Host, script: string, options: AttachOptions): Promise<number | undefined> {
  try {
    return await host.attach(script, options);
  } catch (error) {
    if (!options.signal?.aborted) throw error;
    throw new Problem({
      code: 'exec-interrupted',
      what: `interrupted; what was begun on ${host.name} may go on there`,
      fix: `on ${host.name}: docker ps`,
      exit: EXIT.interrupted,
    });
  }
}

/** What ssh ends with for a command that a signal has ended. */
const KILLED = 255;

async function collect(
  { terminal, json, signal }: Context,
  planned: readonly { readonly host: Host; readonly script: string }[],
): Promise<number> {
  const ends = await fromAllHosts(
    planned.map(async ({ host, script }) => {
      const tell = (line: string) => terminal.out(`${printable(`${host.name}: ${line}`)}\n`);
      const result = await host.run(script, { signal, ...(json ? {} : { onLine: tell }) });
      const stderr = withoutValues(result.stderr);
      const said = stderr.split('\n').filter((line) => line !== '');
      if (!json) for (const line of said) terminal.err(`${printable(`${host.name}: ${line}`)}\n`);
      return { host: host.name, exit: result.exitCode ?? KILLED, stdout: result.stdout, stderr };
    }),
  );
  const exit = Math.max(...ends.map((end) => end.exit));
  if (json) terminal.out(`${JSON.stringify({ exit, hosts: ends })}\n`);
  return exit;
}

function unknownHost(
  { name, hosts }: NamedEnvironment,
  [service, ...words]: readonly [string, ...string[]],
  host: string,
) {
  const [first] = hosts;
  return new Problem({
    code: 'unknown-host',
    what: `${name} has no host ${host}`,
    why: `its hosts are ${hosts.map(({ written }) => written).join(', ')}`,
    fix: shellJoin(['tagship', 'exec', name, '--host', first?.written ?? '', service, '--', ...words]),
    exit: EXIT.usage,
  });
}
