import type { ChecksConfig } from '../config/schema.ts';
import type { Report } from '../core/events.ts';
import { EXIT, Problem } from '../core/problem.ts';
import type { CommandOutcome, CommandRunner } from '../io/ports.ts';

export interface GatePorts {
  readonly commands: CommandRunner;
  readonly report: Report;
  readonly signal: AbortSignal;
}

/** Shell status for a command that is not there (POSIX sh, 2.8.2). */
const NOT_FOUND = 127;

/**
 * Runs the project's quality gates in `folder`, in order, and stops at the first that fails.
 * @throws Problem `gate-failed`, `gate-timeout`, `gate-missing` (exit 3), `interrupted`
 */
export async function runGates(ports: GatePorts, checks: ChecksConfig, folder: string): Promise<void> {
  for (const name of ['analyze', 'test'] as const) {
    const command = checks[name];
    if (command === false) continue;
    ports.report({ type: 'note', text: `  ${name}: ${command}` });
    const outcome = await ports.commands.run(command, {
      cwd: folder,
      timeout: checks.timeout,
      signal: ports.signal,
      onLine: (line) => ports.report({ type: 'output', step: name, line }),
    });
    if (outcome.exitCode !== 0) throw failure(name, command, outcome, checks, ports.signal);
  }
}

function failure(
  name: string,
  command: string,
  outcome: CommandOutcome,
  checks: ChecksConfig,
  signal: AbortSignal,
): Problem {
  if (signal.aborted) {
    const fix = 'run the same command again';
    return new Problem({ code: 'interrupted', what: 'interrupted: nothing has changed', fix, exit: EXIT.interrupted });
  }
  if (outcome.exitCode === NOT_FOUND) {
    return new Problem({
      code: 'gate-missing',
      what: `the gate "${name}" cannot run: ${command.split(' ')[0]} was not found`,
      fix: `install it or put it on PATH, or set another command in tagship.yaml: checks: { ${name}: … } (false for none)`,
      exit: EXIT.refused,
    });
  }
  return new Problem({
    code: outcome.timedOut ? 'gate-timeout' : 'gate-failed',
    what: outcome.timedOut
      ? `the gate "${name}" did not end within ${checks.timeout / 1000} s; nothing has changed`
      : `the gate "${name}" failed (${command}, status ${outcome.exitCode ?? 'unknown'}); nothing has changed`,
    why: outcome.tail.slice(-20).join('\n'),
    fix: 'mend it, commit to develop, and run the same command again',
    exit: EXIT.refused,
  });
}
