import { execa } from 'execa';
import { GitFailure } from './git-failure.ts';

/** simple-git keeps all that a git prints; what may be too long to keep is read here as it comes. @throws GitFailure */
export async function* streamGit(cwd: string, env: NodeJS.ProcessEnv, args: readonly string[]): AsyncGenerator<Buffer> {
  const child = execa('git', args, {
    cwd,
    env,
    extendEnv: false,
    stdin: 'ignore',
    buffer: { stdout: false },
    reject: false,
  });
  for await (const chunk of child.iterable({ binary: true }))
    yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const { exitCode, stderr, shortMessage } = await child;
  if (exitCode !== 0)
    throw new GitFailure(args, { exitCode: exitCode ?? 1, stdout: '', stderr: stderr || String(shortMessage) });
}
