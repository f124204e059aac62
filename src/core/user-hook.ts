import type { Report } from './events.ts';

/** What runs a command of the user's through a shell; the port of `io`, as far as it is needed here. */
export interface HookCommands {
  run(
    command: string,
    options: {
      readonly cwd: string;
      readonly timeout: number;
      readonly env?: Readonly<Record<string, string>>;
      readonly onLine?: (line: string) => void;
      readonly signal?: AbortSignal;
    },
  ): Promise<{ readonly exitCode: number | undefined; readonly tail: readonly string[] }>;
}

/** A command of the user's at a named point of what tagship does. */
export interface UserHook {
  /** `before push`, `after deploy`. */
  readonly name: string;
  /** The step its output belongs to. */
  readonly step: string;
  readonly command: string;
  /** Where it runs: the root of the repository. */
  readonly folder: string;
  /** Added to the environment. */
  readonly env: Readonly<Record<string, string>>;
}

const TIMEOUT = 10 * 60_000;

/**
 * Runs it and tells what it says.
 * @returns how it ended, where it did not end well
 */
export async function runUserHook(
  { commands, report, signal }: { commands: HookCommands; report: Report; signal: AbortSignal },
  { name, step, command, folder, env }: UserHook,
): Promise<{ readonly exitCode: number | undefined; readonly tail: readonly string[] } | undefined> {
  report({ type: 'note', text: `  ${name}: ${command}` });
  const outcome = await commands.run(command, {
    cwd: folder,
    timeout: TIMEOUT,
    signal,
    env,
    onLine: (line) => report({ type: 'output', step, line }),
  });
  return outcome.exitCode === 0 ? undefined : outcome;
}
