import type { Git } from '../../io/ports.ts';
import { isAncestor } from './is-ancestor.ts';
import type { PushedRef } from './pushed-ref.ts';

const BRANCHES = 'refs/heads/';

/**
 * The pushed branch that has a commit which what is checked out has not, by its short name: a command that rewrites the commit
 * has to name it. Undefined where there is none.
 */
export async function branchWith(git: Git, commit: string, pushed: readonly PushedRef[]): Promise<string | undefined> {
  const branches = pushed.filter(({ localRef, localId }) => localRef.startsWith(BRANCHES) && localId !== undefined);
  if (branches.length === 0 || (await isAncestor(git, commit, 'HEAD'))) return undefined;
  for (const { localRef, localId = '' } of branches)
    if (await isAncestor(git, commit, localId)) return localRef.slice(BRANCHES.length);
  return undefined;
}
