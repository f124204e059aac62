import type { ChildProcessByStdio, SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import spawn from 'cross-spawn';
import type { ProgramOptions, ProgramResult, Programs } from './ports.ts';

/** Programs of this machine, started in `cwd` and without a standard input. */
export function localPrograms(cwd: string, environment: NodeJS.ProcessEnv): Programs {
  return {
    run: (program, args, options) =>
      runProgram(program, args, { ...options, cwd: options.cwd ?? cwd, env: { ...environment, ...options.env } }),
  };
}

/** Not execa, which takes as long to load as most of these programs to run. */
async function runProgram(
  program: string,
  args: readonly string[],
  { signal: abort, timeout, cwd, env }: ProgramOptions,
): Promise<ProgramResult | undefined> {
  const settings: SpawnOptions = { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] };
  const child = spawn(program, [...args], settings) as ChildProcessByStdio<null, Readable, Readable>;
  const end = () => child.kill('SIGKILL');
  // Node's own timer would outlive a program that was not found.
  const timer = setTimeout(end, timeout);
  abort?.addEventListener('abort', end, { once: true });
  if (abort?.aborted) end();
  try {
    const ended = once(child, 'close') as Promise<[code: number | null, signal: string | null]>;
    const [[exitCode, signal], stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
    const status = { exitCode: exitCode ?? undefined, signal: signal ?? undefined };
    return { ...status, stdout: withoutLastLineEnd(stdout), stderr: withoutLastLineEnd(stderr) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
    abort?.removeEventListener('abort', end);
  }
}

const withoutLastLineEnd = (output: string) => output.replace(/\r?\n$/, '');
