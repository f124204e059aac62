import { EXIT, type ExitCode, Problem, refuseIfAny } from '../core/problem.ts';
import { logsScript } from '../deploy/logs.ts';
import { cloneRefusals } from '../deploy/refusals.ts';
import { refuseUnknownService } from '../deploy/refuse-unknown-service.ts';
import { withoutValues } from '../deploy/without-values.ts';
import { fromAllHosts } from './all-hosts.ts';
import type { CommandModule, Context } from './command.ts';
import { type EnvironmentHost, loadEnvironment, type NamedEnvironment } from './environment.ts';
import { lookInTime } from './look-in-time.ts';
import { openHost } from './open-host.ts';
import { printable } from './render.ts';

interface LogsOptions {
  readonly follow?: boolean;
  readonly tail: string;
}

export const declare: CommandModule['declare'] = (command, finish) => {
  command
    .argument('<environment>', 'as tagship.yaml names it')
    .argument('[services...]', 'services of its Compose file; by default all')
    .option('-f, --follow', 'go on as they say more, until Ctrl-C')
    .option('--tail <lines>', 'how many of the last lines of each container', '100')
    .option('--dry-run', 'nothing else: it only looks')
    .action((name: string, services: string[], options: LogsOptions) =>
      finish(async (context) => {
        if (!/^[1-9]\d{0,6}$/.test(options.tail)) throw notANumber(options.tail, name);
        const environment = await loadEnvironment(context.cwd, name);
        await fromAllHosts(environment.hosts.map((one) => showLogs(context, environment, one, services, options)));
        return EXIT.done satisfies ExitCode;
      }),
    );
};

function notANumber(tail: string, name: string): Problem {
  return new Problem({
    code: 'usage',
    what: `--tail ${tail} is no number of lines`,
    fix: `tagship logs ${name} --tail 100`,
    exit: EXIT.usage,
  });
}

/** What Compose begins a line with, whether it speaks to a terminal or not. */
const CLEARED_LINE = /^\x1b\[2K/;

/** Line by line; of several hosts each line says whose it is. With `--json` each is a document. */
async function showLogs(
  context: Context,
  { name, config, hosts, tagFormat }: NamedEnvironment,
  one: EnvironmentHost,
  services: readonly string[],
  { follow = false, tail }: LogsOptions,
): Promise<void> {
  const { terminal, json, signal } = context;
  const host = await openHost(context, one, config.ssh);
  try {
    const facts = await lookInTime(host, config, 'history', signal);
    refuseIfAny(cloneRefusals(facts, config.path));
    await refuseUnknownService({ services, host, facts, environment: name, config, tagFormat, signal });
    const whose = hosts.length > 1 ? `${host.name}: ` : '';
    const onLine = (said: string) => {
      const line = withoutValues(said.replace(CLEARED_LINE, ''));
      terminal.out(json ? `${JSON.stringify({ host: host.name, line })}\n` : `${printable(`${whose}${line}`)}\n`);
    };
    const script = logsScript(facts, config, { follow, tail: Number(tail), services }, tagFormat);
    const { exitCode, stdout } = await host.run(script, { onLine, signal });
    if (exitCode !== 0) throw noLogs(host.name, name, stdout);
  } finally {
    await host.close();
  }
}

function noLogs(host: string, name: string, said: string): Problem {
  return new Problem({
    code: 'no-logs',
    what: `${host} could not show the logs`,
    why: withoutValues(said).trim().split('\n').slice(-3).join('\n'),
    fix: `tagship status ${name}`,
    exit: EXIT.refused,
  });
}
