import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { GitFailure } from './git-failure.ts';

/**
 * simple-git keeps all that a git prints; what may be too long to keep is read here as it comes. An abort ends the git, also
 * one that has nothing to say yet.
 * @throws GitFailure
 */
export async function* streamGit(
  cwd: string,
  env: NodeJS.ProcessEnv,
  args: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  const abortable = signal === undefined ? {} : { signal };
  const child = spawn('git', args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], ...abortable });
  const ended = once(child, 'close') as Promise<[code: number | null, signal: string | null]>;
  const said = text(child.stderr).catch(() => '');
  // Asked for below, when all is read.
  ended.catch(() => {});
  try {
    yield* child.stdout;
    const [exitCode, signal] = await ended;
    if (exitCode === 0) return;
    const stderr = (await said) || `it was ended by ${signal}`;
    throw new GitFailure(args, { exitCode: exitCode ?? 1, stdout: '', stderr });
  } finally {
    // Whoever reads no further wants no more of it.
    child.kill();
  }
}
