import type { GitResult } from './ports.ts';

/** A git that ended with a status other than 0, with what it said. */
export class GitFailure extends Error {
  override readonly name = 'GitFailure';
  constructor(
    readonly args: readonly string[],
    readonly result: GitResult,
  ) {
    super(`git ${commandIn(args)} ended with status ${result.exitCode}: ${result.stderr.trim()}`);
  }

  /** As the user would type it: `update-index`. */
  get command(): string {
    return commandIn(this.args);
  }
}

/** Behind the options of git itself, whose values all hold an equals sign. */
const commandIn = (args: readonly string[]) => args.find((arg) => !arg.startsWith('-') && !arg.includes('=')) ?? '';
