import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { EXIT, Problem, Refusals } from '../core/problem.ts';
import { notYet } from './coming.ts';
import type { CommandModule, Context, Run } from './command.ts';
import { type CommandLine, readCommandLine } from './command-line.ts';
import { fileTrouble } from './file-trouble.ts';
import { refuseKeptByNpm } from './npm-kept.ts';
import { exitOf, failureDocument, renderFailure } from './render.ts';
import { processTerminal } from './terminal.ts';

export type CommandTable = Readonly<Record<string, { summary: string; load: () => Promise<CommandModule> }>>;

/** Finds the command that `argv` names, runs it and renders how it ended. Returns the exit status. */
export async function route(
  argv: readonly string[],
  table: CommandTable,
  hookInput: NonNullable<Context['hookInput']>,
): Promise<number> {
  const terminal = processTerminal(process.env);
  const commandLine = readCommandLine(argv);
  const { json } = commandLine;
  try {
    return await parseAndRun(commandLine, table, hookInput);
  } catch (caught) {
    const error = fileTrouble(caught);
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT.done;
      const { wanted } = commandLine;
      const problem = notYet(wanted, error.code) ?? usageProblem(error, wanted, await missingWords(error, commandLine));
      if (json) terminal.out(`${JSON.stringify(failureDocument(problem))}\n`);
      // The help was shown, which says it all.
      if (error.code !== SHOWED_HELP) terminal.err(renderFailure(problem, terminal));
      return EXIT.usage;
    }
    if (json) terminal.out(`${JSON.stringify(failureDocument(error))}\n`);
    terminal.err(renderFailure(error, terminal));
    return exitOf(error);
  }
}

/** Commander's code for: no command was named. */
const SHOWED_HELP = 'commander.help';

/** Who names no environment is told which there are. */
async function missingWords({ code, message }: CommanderError, { words }: CommandLine): Promise<readonly string[]> {
  if (code !== 'commander.missingArgument' || !message.includes("'environment'")) return [];
  const folders = words.flatMap((word, at) =>
    word === '-C' ? (words[at + 1] ?? []) : (/^-C(.+)/.exec(word)?.[1] ?? []),
  );
  const { namedEnvironments } = await import('./environment.ts');
  const told = await namedEnvironments(resolve(...folders));
  return told === undefined ? [] : [told];
}

function usageProblem({ code, message }: CommanderError, wanted: string | undefined, told: readonly string[]): Problem {
  const [what = '', ...rest] = message.replace(/^error: /, '').split('\n');
  const more = [...rest, ...told];
  return new Problem({
    code: 'usage',
    what: code === SHOWED_HELP ? 'no command was named' : what,
    ...(code === SHOWED_HELP || more.length === 0 ? {} : { why: more.join('\n') }),
    fix: `tagship ${wanted === undefined || code === 'commander.unknownCommand' ? '' : `${wanted} `}--help`,
    exit: EXIT.usage,
  });
}

async function parseAndRun(
  { words, wanted, json }: CommandLine,
  table: CommandTable,
  hookInput: NonNullable<Context['hookInput']>,
): Promise<number> {
  const program = withGlobalOptions(new Command('tagship'))
    .version(packageVersion())
    .option('--dry-run', 'show what would be done and stop')
    .option('-y, --yes', 'do not ask')
    .enablePositionalOptions()
    // Mistakes are told as everywhere else.
    .configureOutput({ outputError: () => {} })
    .exitOverride();
  let run: Run | undefined;
  // Of the others nothing is asked, but by help for all of them.
  const named = wanted !== undefined && Object.hasOwn(table, wanted) ? [wanted] : Object.keys(table);
  for (const name of named) {
    const { summary, load } = table[name] as CommandTable[string];
    const command = withGlobalOptions(program.command(name)).summary(summary).description(summary).exitOverride();
    if (name === wanted) (await load()).declare(command, (chosen) => (run = chosen));
    else
      command
        .allowUnknownOption()
        .argument('[args...]')
        .action(() => {});
  }
  await program.parseAsync([...words], { from: 'user' });
  if (run === undefined) return program.help({ error: true });
  const command = program.commands.find((one) => one.name() === wanted);
  if (command !== undefined) refuseKeptByNpm(process.env, command, words);
  const cwd = resolve(String(command?.opts().C ?? '.'));
  const { signal, received } = interruption();
  const terminal = processTerminal(process.env);
  try {
    return await run({ cwd, json, signal, terminal, version: packageVersion(), hookInput });
  } catch (error) {
    // A Ctrl-C ends the git that was asked, too: a refusal made of its answer says nothing.
    const nothingChanged = error === signal.reason || isRefusal(error);
    const told = error instanceof Problem || error instanceof Refusals;
    if (!received() || (told && !nothingChanged)) throw error;
    // Only what changes nothing is simply broken off; whatever has begun to change something says how to go on.
    terminal.err(nothingChanged ? 'interrupted: nothing has changed\n' : 'interrupted\n');
    if (json) terminal.out(`${JSON.stringify({ outcome: 'interrupted', exit: EXIT.interrupted })}\n`);
    return EXIT.interrupted;
  }
}

/** Whether a failure was told before anything had changed. */
function isRefusal(error: unknown): boolean {
  const exit = exitOf(error);
  return exit === EXIT.usage || exit === EXIT.refused;
}

/** What every command takes. As in git, each `-C` starts from the one before. */
function withGlobalOptions(command: Command): Command {
  const further = (folder: string, before: string | undefined) => resolve(before ?? '.', folder);
  return command
    .option('-C <dir>', 'run as if started in this folder', further)
    .option('--json', 'one JSON document on stdout');
}

/** INT, TERM and HUP are one case: the first asks the command to stop, a second ends the process. */
function interruption(): { signal: AbortSignal; received: () => boolean } {
  const controller = new AbortController();
  // A fleet has many who listen, and none stays.
  setMaxListeners(0, controller.signal);
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => {
      controller.abort();
      process.once(name, () => process.exit(EXIT.interrupted));
    });
  }
  return { signal: controller.signal, received: () => controller.signal.aborted };
}

function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : '0.0.0';
}
