import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Argument } from 'commander';
import { EXIT, type ExitCode, Problem } from '../core/problem.ts';
import { judgeRun } from '../infra/judge-run.ts';
import { type AnsiblePorts, chooseRunner, playbookCommand, runPlaybook } from '../infra/run-ansible.ts';
import { reportServers } from '../infra/server-report.ts';
import { localPrograms } from '../io/programs.ts';
import type { CommandModule, Context } from './command.ts';
import { followServers } from './follow-servers.ts';
import { printable } from './render.ts';
import { renderTable } from './table.ts';

interface InfraOptions {
  readonly module?: string;
  readonly playbook: string;
  readonly dryRun?: boolean;
}

const ACTIONS = ['build', 'ping', 'configure', 'shell'] as const;

export const declare: CommandModule['declare'] = (command, finish) => {
  command
    .addArgument(new Argument('<action>', 'what to do').choices(ACTIONS))
    .argument(
      '[words...]',
      'after --, for Ansible: --tags ssl, --limit raspberry_pi, --extra-vars …, --ask-become-pass',
    )
    .option('--module <folder>', 'where docker-ansible.sh is; not set: deployment-module')
    .option('--playbook <file>', 'what configure runs', 'playbooks/configure_server.yml')
    .option('--dry-run', 'say what would change (--check --diff), and change nothing')
    .action((action: (typeof ACTIONS)[number], words: readonly string[], options: InfraOptions) =>
      finish((context) => infra(action, words, options, context)),
    );
};

async function infra(
  action: (typeof ACTIONS)[number],
  words: readonly string[],
  options: InfraOptions,
  context: Context,
): Promise<ExitCode> {
  const ports: AnsiblePorts = {
    programs: localPrograms(context.cwd, process.env),
    signal: context.signal,
    folder: findModule(context.cwd, options.module),
  };
  if (action === 'configure') return configure(ports, words, options, context);
  if (action === 'build' || action === 'shell') return attached(ports, ['./docker-ansible.sh', [action]], options);
  const runner = await chooseRunner(ports, process.env);
  const hasPattern = words[0] !== undefined && !words[0].startsWith('-');
  return attached(
    ports,
    runner === 'docker'
      ? ['./docker-ansible.sh', ['ping', ...words]]
      : ['ansible', [...(hasPattern ? [] : ['all']), ...words, '--module-name', 'ansible.builtin.ping']],
    options,
  );
}

/** The app's own copy, beside its code or above it. @throws Problem `module-missing` */
function findModule(cwd: string, named: string | undefined): string {
  const folder = resolve(cwd, named ?? (existsSync(join(cwd, 'docker-ansible.sh')) ? '.' : 'deployment-module'));
  if (existsSync(join(folder, 'docker-ansible.sh'))) return folder;
  throw new Problem({
    code: 'module-missing',
    what: `${folder} holds no docker-ansible.sh`,
    why: 'it comes with tagship, and belongs into the repository with your inventory',
    fix: `cp -r ${resolve(import.meta.dirname, '../deployment-module')} .`,
    exit: EXIT.usage,
  });
}

/** Hands the terminal over; what the program says is the answer. */
async function attached(
  { programs, folder, signal }: AnsiblePorts,
  [program, args]: readonly [string, readonly string[]],
  { dryRun }: InfraOptions,
): Promise<ExitCode> {
  if (dryRun) {
    process.stderr.write(`would run in ${folder}: ${[program, ...args].join(' ')}\n`);
    return EXIT.done;
  }
  const result = await programs.run(program, args, {
    timeout: 0,
    cwd: folder,
    signal,
    endsItself: true,
    attached: true,
  });
  if (result?.exitCode === 0) return EXIT.done;
  throw new Problem({
    code: 'infra-failed',
    what: `${[program, ...args].join(' ')} ended with status ${result?.exitCode ?? 'unknown'}`,
    why: 'what it said stands above',
    fix: './docker-ansible.sh help (in deployment-module)',
    exit: EXIT.refused,
  });
}

async function configure(
  ports: AnsiblePorts,
  words: readonly string[],
  { playbook, dryRun = false }: InfraOptions,
  context: Context,
): Promise<ExitCode> {
  const { terminal, json } = context;
  const runner = await chooseRunner(ports, process.env);
  const command = playbookCommand(runner, playbook, [...(dryRun ? ['--check', '--diff'] : []), ...words]);
  const outcome = await runPlaybook(ports, command, followServers(terminal, dryRun));
  const servers = reportServers(outcome.events);
  const problem = judgeRun(outcome, servers, dryRun);
  if (!json && servers.length > 0) terminal.err(`\n${summary(servers, dryRun)}`);
  if (problem !== undefined) {
    if (json)
      terminal.out(
        `${JSON.stringify({ outcome: 'failed', dryRun, exit: problem.exit, servers, problems: [problem] })}\n`,
      );
    else throw problem;
    return problem.exit;
  }
  if (json) terminal.out(`${JSON.stringify({ outcome: dryRun ? 'planned' : 'configured', dryRun, servers })}\n`);
  return EXIT.done;
}

function summary(servers: ReturnType<typeof reportServers>, dryRun: boolean): string {
  const rows = servers.map(({ host, outcome, changed, roles }) => [
    host,
    outcome,
    String(changed),
    roles
      .filter((role) => role.changed > 0)
      .map((role) => role.role)
      .join(', ') || 'none',
  ]);
  const notes = servers.flatMap(({ host, notes }) => notes.map((note) => `  ! ${printable(`${host}: ${note}`)}\n`));
  return `${renderTable([['SERVER', 'OUTCOME', dryRun ? 'WOULD CHANGE' : 'CHANGED', 'IN'], ...rows])}${notes.join('')}`;
}
