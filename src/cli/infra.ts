import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Argument } from 'commander';
import { EXIT, type ExitCode, Problem } from '../core/problem.ts';
import { shellJoin } from '../core/shell-quote.ts';
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

const PLAYBOOK = 'playbooks/configure_server.yml';
/** Words that have ansible-playbook tell something, and go to no server. */
const ONLY_TELLS = /^--(list-hosts|list-tasks|list-tags|syntax-check|version|help)$/;
/** Words that have Ansible ask for a password. */
const ASKS = /^(-k|-K|-J|--ask-(pass|become-pass|vault-pass|vault-password))$/;
const ACTIONS = ['build', 'ping', 'configure', 'shell'] as const;

export const declare: CommandModule['declare'] = (command, finish) => {
  command
    .addArgument(new Argument('<action>', 'what to do').choices(ACTIONS))
    .argument(
      '[words...]',
      'after --, for Ansible: --tags ssl, --limit raspberry_pi, --extra-vars …, --ask-become-pass',
    )
    .option('--module <folder>', 'where docker-ansible.sh is; not set: deployment-module')
    .option('--playbook <file>', 'what configure runs', PLAYBOOK)
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
  const run = (command: Command, env = {}) => attached(ports, { action, command, env, words }, options, context);
  if (action === 'configure') {
    if (!words.some((word) => ONLY_TELLS.test(word))) return configure(ports, words, options, context);
    return run(playbookCommand(await chooseRunner(ports, process.env), options.playbook, words));
  }
  if (action === 'build' || action === 'shell') return run(['./docker-ansible.sh', [action]]);
  const runner = await chooseRunner(ports, process.env);
  const hasPattern = words[0] !== undefined && !words[0].startsWith('-');
  if (runner === 'docker') return run(['./docker-ansible.sh', ['ping', ...words]]);
  const ping = [...(hasPattern ? [] : ['all']), ...words, '--module-name', 'ansible.builtin.ping'];
  // As docker-ansible.sh has it: a server that no name stands for has not answered.
  return run(['ansible', ping], { ANSIBLE_HOST_PATTERN_MISMATCH: 'error' });
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

type Command = readonly [program: string, args: readonly string[]];

interface Attached {
  readonly action: (typeof ACTIONS)[number];
  readonly command: Command;
  readonly env: Readonly<Record<string, string>>;
  /** What the user has typed for Ansible. */
  readonly words: readonly string[];
}

/** Hands the terminal over; what the program says is the answer. With `--json` it goes to standard error. */
async function attached(
  { programs, folder, signal }: AnsiblePorts,
  { action, command: [program, args], env, words }: Attached,
  { dryRun }: InfraOptions,
  { terminal, json }: Context,
): Promise<ExitCode> {
  const command = shellJoin([program, ...args]);
  if (dryRun) {
    if (json) terminal.out(`${JSON.stringify({ outcome: 'planned', exit: EXIT.done, folder, wouldRun: command })}\n`);
    else terminal.err(printable(`would run in ${folder}: ${command}`).concat('\n'));
    return EXIT.done;
  }
  const result = await programs.run(program, args, {
    timeout: 0,
    cwd: folder,
    env,
    signal,
    endsItself: true,
    attached: json ? 'apart' : true,
  });
  if (result?.exitCode === 0) {
    if (json) terminal.out(`${JSON.stringify({ outcome: 'done', exit: EXIT.done })}\n`);
    return EXIT.done;
  }
  throw new Problem({
    code: 'infra-failed',
    what: `${command} ended with status ${result?.exitCode ?? 'unknown'}`,
    why: 'what it said stands above',
    fix:
      (action === 'ping' ? firstInventory(folder, words) : undefined) ??
      `mend what is named, then: tagship infra ${action}`,
    exit: EXIT.refused,
  });
}

/** What makes the inventory that there is none of yet; undefined where there is one, or another is named. */
function firstInventory(folder: string, words: readonly string[]): string | undefined {
  if (words.some((word) => /^(-i|--inventory)/.test(word))) return undefined;
  const [example, own] = [join(folder, 'inventory/hosts.example.yml'), join(folder, 'inventory/hosts.yml')];
  if (existsSync(own) || !existsSync(example)) return undefined;
  return `${shellJoin(['cp', example, own])}   (and fill it in)`;
}

/** What is typed to do the same again. Variables may be secrets, and are not said again. */
function typedAgain(words: readonly string[], { module, playbook, dryRun = false }: InfraOptions): string {
  const secret = words.some((word) => /^(-e|--extra-vars)/.test(word));
  const options = [
    ...(dryRun ? ['--dry-run'] : []),
    ...(module === undefined ? [] : ['--module', module]),
    ...(playbook === PLAYBOOK ? [] : ['--playbook', playbook]),
    ...(words.length > 0 ? ['--'] : []),
  ];
  const typed = shellJoin(['tagship', 'infra', 'configure', ...options, ...(secret ? [] : words)]);
  return secret ? `${typed} …` : typed;
}

async function configure(
  ports: AnsiblePorts,
  words: readonly string[],
  options: InfraOptions,
  context: Context,
): Promise<ExitCode> {
  const { playbook, dryRun = false } = options;
  const { terminal, json } = context;
  const runner = await chooseRunner(ports, process.env);
  const command = playbookCommand(runner, playbook, [...(dryRun ? ['--check', '--diff'] : []), ...words]);
  if (runner === 'docker' && words.some((word) => ASKS.test(word)))
    throw new Problem({
      code: 'cannot-ask',
      what: 'Ansible in its image cannot ask for a password here',
      why: 'what it says is read, so the image gets no terminal',
      fix: `cd ${shellJoin([ports.folder])} && ${shellJoin([command[0], ...command[1]])}`,
      exit: EXIT.refused,
    });
  const outcome = await runPlaybook(ports, command, followServers(terminal, dryRun));
  const servers = reportServers(outcome.events);
  const problem = judgeRun(outcome, servers, {
    dryRun,
    again: typedAgain(words, options),
    firstInventory: firstInventory(ports.folder, words),
  });
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
