import type { Git } from '../../io/ports.ts';

/** Whether a commit is another one, or has led to it. Not where either is unknown here. */
export async function isAncestor(git: Git, ancestor: string, of: string): Promise<boolean> {
  return (await git.try(['merge-base', '--is-ancestor', ancestor, of])).exitCode === 0;
}
