import type { Command } from 'commander';
import type { Terminal } from './terminal.ts';

/** What every command gets besides its own options. */
export interface Context {
  /** Where the user stands, after `-C`. Absolute. */
  readonly cwd: string;
  /** `--json`: one document (or JSON lines) on stdout and nothing else there. */
  readonly json: boolean;
  /** Aborted by INT, TERM and HUP alike. */
  readonly signal: AbortSignal;
  readonly terminal: Terminal;
  /** Version of this tagship. */
  readonly version: string;
  /** What git gives to a hook on standard input; undefined when it did not come through. Only hooks ask. */
  readonly hookInput?: () => string | undefined;
}

/** A file of `src/cli` that `commands.ts` can route to: declares its options and says how to run. */
export interface CommandModule {
  /** Adds arguments and options to the command and calls `finish` with what to run once they are parsed. */
  declare(command: Command, finish: (run: Run) => void): void;
}

/**
 * Carries a command out; the number is the process's exit status: one of ours, or that of a command of the user's that was
 * run elsewhere. @throws Problem, Refusals
 */
export type Run = (context: Context) => Promise<number>;
