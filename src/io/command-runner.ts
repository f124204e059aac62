import { endGroup } from './end-group.ts';
import { withoutGitVariables } from './git-variables.ts';
import type { CommandRunner } from './ports.ts';

const TAIL_LINES = 200;

/** Runs commands of the user's own configuration through the shell, each in a process group that ends as a whole. */
export function shellRunner(environment: NodeJS.ProcessEnv): CommandRunner {
  const env = withoutGitVariables(environment);
  return {
    run: async (command, { cwd, timeout, env: added, onLine, signal }) => {
      // Not loaded by whoever has nothing to run.
      const { execa } = await import('execa');
      const tail: string[] = [];
      const child = execa(command, {
        shell: true,
        cwd,
        env: { ...env, ...added },
        extendEnv: false,
        stdin: 'ignore',
        buffer: false,
        detached: process.platform !== 'win32',
        reject: false,
      });
      let timedOut = false;
      const end = () => endGroup(child.pid);
      const timer = setTimeout(() => {
        timedOut = true;
        end();
      }, timeout);
      signal?.addEventListener('abort', end, { once: true });
      if (signal?.aborted) end();
      try {
        // Each stream by itself: a line of one never ends up inside a line of the other.
        const follow = async (from: 'stdout' | 'stderr') => {
          for await (const line of child.iterable({ from })) {
            tail.push(line);
            if (tail.length > TAIL_LINES) tail.shift();
            onLine?.(line, from);
          }
        };
        await Promise.all([follow('stdout'), follow('stderr')]);
        const { exitCode } = await child;
        return { exitCode, timedOut, tail };
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
      }
    },
  };
}
