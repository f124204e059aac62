import type { ChecksConfig } from '../../config/schema.ts';
import type { Package } from './packages.ts';

/** What is run in one package, in the package's folder, through the user's shell. False: nothing. */
export interface GateCommands {
  readonly get: string | false;
  readonly analyze: string | false;
  readonly test: string | false;
}

/** The configured commands, with what is usual for a package of its kind where nothing is configured. */
export function gateCommands(checks: ChecksConfig, { kind, hasTests }: Package): GateCommands {
  const usual = (words: string) => (kind === 'other' ? false : `${kind} ${words}`);
  const analyze = checks.analyze ?? usual('analyze');
  const test = checks.test ?? (hasTests ? usual('test') : false);
  const needed = [analyze, test].some((command) => toolOf(command) !== undefined);
  return { get: checks.get ?? (needed ? usual('pub get') : false), analyze, test };
}

/** The SDK's tool that a command begins with; undefined for any other program. */
export function toolOf(command: string | false): 'flutter' | 'dart' | undefined {
  const [, tool] = /^\s*(flutter|dart)(?:\s|$)/.exec(command || '') ?? [];
  return tool as 'flutter' | 'dart' | undefined;
}

/** Whether the command is one call of the SDK's tool: then it is known what it reads and how it can report. */
export function isPlainTool(command: string | false): boolean {
  return command === false || (toolOf(command) !== undefined && !/[|&;<>()$`\\"'*?[\]#~\n]/.test(command));
}

/** The command for when the packages are fetched already: two gates that fetch at the same time wait for each other. */
export function withoutFetching(command: string): string {
  const fetches =
    toolOf(command) === 'flutter' && isPlainTool(command) && /^\s*flutter\s+(?:analyze|test)(?:\s|$)/.test(command);
  return fetches && !/\s--(?:no-)?pub\b/.test(command) ? `${command} --no-pub` : command;
}
