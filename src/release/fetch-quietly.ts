import { EXIT, Problem } from '../core/problem.ts';
import { withoutPassword } from '../core/without-password.ts';
import type { Git } from '../io/ports.ts';

/**
 * Brings a branch's commits here, objects alone: neither branches nor what git remembers of the remote move.
 * @param from a remote's name, or an address
 * @param tip what the branch holds there
 * @throws Problem `remote-unreachable`
 */
export async function fetchQuietly(git: Git, from: string, branch: string, tip: string): Promise<void> {
  if ((await git.try(['cat-file', '-e', `${tip}^{commit}`])).exitCode === 0) return;
  const fetch = await git.try([
    'fetch',
    '--quiet',
    '--no-tags',
    '--no-write-fetch-head',
    '--refmap=',
    '--',
    from,
    branch,
  ]);
  if (fetch.exitCode !== 0) throw unreadableRemote(withoutPassword(from), fetch.stderr.trim());
}

export function unreadableRemote(remote: string, why: string): Problem {
  const fix = 'check the connection and run the same command again';
  return new Problem({ code: 'remote-unreachable', what: `${remote} cannot be read`, why, fix, exit: EXIT.refused });
}
