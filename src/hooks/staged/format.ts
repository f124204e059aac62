import type { ChecksConfig } from '../../config/schema.ts';
import { EXIT, Problem } from '../../core/problem.ts';
import type { CommandOutcome } from '../../io/ports.ts';
import { toolOf } from '../gates/gate-commands.ts';
import { NOT_FOUND } from '../gates/not-found.ts';
import type { SdkUse } from '../gates/toolchain.ts';
import type { StagedPorts } from './ports.ts';
import { interrupted, withTool } from './tools.ts';

const FORMATTING: SdkUse = {
  purpose: 'the staged files cannot be formatted',
  otherwise: '(or set another command: format; false for none)',
};

/**
 * Formats every Dart file in `folder`.
 * @param path of one of them, which tells whose SDK it is
 * @throws Problem `format-failed`, `format-missing`, `sdk-missing`, `interrupted`
 */
export async function formatFolder(
  ports: StagedPorts,
  checks: ChecksConfig,
  command: string,
  folder: string,
  path: string,
): Promise<void> {
  const { commands, signal } = ports;
  const tool = toolOf(command);
  const env = tool === undefined ? {} : await withTool(ports, tool, checks, path, FORMATTING);
  const outcome = await commands.run(`${command} .`, { cwd: folder, timeout: checks.timeout, env, signal });
  if (signal.aborted) throw interrupted();
  if (outcome.exitCode !== 0) throw formatProblem(command, outcome);
}

function formatProblem(command: string, { exitCode, timedOut, tail }: CommandOutcome): Problem {
  if (exitCode === NOT_FOUND) {
    return new Problem({
      code: 'format-missing',
      what: `the staged files cannot be formatted: ${command.split(' ')[0]} was not found`,
      fix: 'install it or put it on PATH, or set another command in tagship.yaml: checks: { format: … } (false for none)',
      exit: EXIT.refused,
    });
  }
  return new Problem({
    code: 'format-failed',
    what: `${command} ${timedOut ? 'did not end in time' : 'failed'}; nothing has changed`,
    why: tail.slice(-20).join('\n'),
    fix: 'mend the file, git add it, and commit again',
    exit: EXIT.refused,
  });
}
