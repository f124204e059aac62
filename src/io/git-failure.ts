import type { GitResult } from './ports.ts';

/** A git that ended with a status other than 0, with what it said. */
export class GitFailure extends Error {
  override readonly name = 'GitFailure';
  constructor(
    readonly args: readonly string[],
    readonly result: GitResult,
  ) {
    super(`git ${args[0]} ended with status ${result.exitCode}: ${result.stderr.trim()}`);
  }
}
