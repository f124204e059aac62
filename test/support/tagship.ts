import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The built command line: scenarios run what users run. */
export const TAGSHIP = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface Finished {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
}

/** Runs a program to its end and keeps what it said. Never throws for its exit status. */
export function runProgram(
  program: string,
  args: readonly string[],
  { cwd, env, input }: RunOptions,
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: { ...process.env, NO_COLOR: '1', ...env }, stdio: 'pipe' });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (exitCode, signal) =>
      resolve({ exitCode, signal, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    );
    child.stdin.on('error', () => {});
    child.stdin.end(input ?? '');
  });
}

export function runTagship(args: readonly string[], options: RunOptions): Promise<Finished> {
  return runProgram(process.execPath, [TAGSHIP, ...args], options);
}
