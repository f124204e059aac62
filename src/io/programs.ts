import type { StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import spawn from 'cross-spawn';
import { lineSplitter } from './host-script.ts';
import type { ProgramOptions, ProgramResult, Programs } from './ports.ts';

/** Programs of this machine, started in `cwd`; without a standard input, unless they get the terminal. */
export function localPrograms(cwd: string, environment: NodeJS.ProcessEnv): Programs {
  return {
    run: (program, args, options) =>
      runProgram(program, args, { ...options, cwd: options.cwd ?? cwd, env: { ...environment, ...options.env } }),
  };
}

/** None of that name on PATH, or none that may be run. */
const NOT_THERE: readonly unknown[] = ['ENOENT', 'EACCES'];

/** Not execa, which takes as long to load as most of these programs to run. */
async function runProgram(
  program: string,
  args: readonly string[],
  { signal: abort, timeout, cwd, env, onLine, attached, endsItself }: ProgramOptions,
): Promise<ProgramResult | undefined> {
  const stdio = { apart: ['inherit', 2, 2], true: 'inherit', false: ['ignore', 'pipe', 'pipe'] }[
    `${attached ?? false}`
  ];
  const child = spawn(program, [...args], { cwd, env, stdio: stdio as StdioOptions });
  const lines = lineSplitter(onLine ?? (() => {}));
  if (onLine !== undefined) child.stdout?.setEncoding('utf8').on('data', lines.push);
  const end = () => child.kill(endsItself === true ? 'SIGTERM' : 'SIGKILL');
  // Node's own timer would outlive a program that was not found.
  const timer = timeout === 0 ? undefined : setTimeout(end, timeout);
  abort?.addEventListener('abort', end, { once: true });
  if (abort?.aborted) end();
  try {
    const ended = once(child, 'close') as Promise<[code: number | null, signal: string | null]>;
    const [[exitCode, signal], stdout, stderr] = await Promise.all([ended, all(child.stdout), all(child.stderr)]);
    lines.end();
    const status = { exitCode: exitCode ?? undefined, signal: signal ?? undefined };
    return { ...status, stdout: withoutLastLineEnd(stdout), stderr: withoutLastLineEnd(stderr) };
  } catch (error) {
    if (NOT_THERE.includes((error as NodeJS.ErrnoException).code)) return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
    abort?.removeEventListener('abort', end);
  }
}

const all = async (stream: Readable | null) => (stream === null ? '' : text(stream));

const withoutLastLineEnd = (output: string) => output.replace(/\r?\n$/, '');
