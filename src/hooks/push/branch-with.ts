import type { Git } from '../../io/ports.ts';
import type { PushedRef } from './pushed-ref.ts';

const BRANCHES = 'refs/heads/';

/**
 * The pushed branch that has a commit which what is checked out has not, by its short name: a command that rewrites the commit
 * has to name it. Undefined where there is none.
 */
export async function branchWith(git: Git, commit: string, pushed: readonly PushedRef[]): Promise<string | undefined> {
  const branches = pushed.filter(({ localRef, localId }) => localRef.startsWith(BRANCHES) && localId !== undefined);
  if (branches.length === 0 || (await git.isAncestor(commit, 'HEAD'))) return undefined;
  const later = await descendants(git, commit, new Set(branches.map(({ localId = '' }) => localId)));
  const found = branches.find(({ localId = '' }) => localId === commit || later.has(localId));
  return found?.localRef.slice(BRANCHES.length);
}

/** Commits between one and the tips that it has led to, with these. One process, however many tips, and no refs are asked. */
async function descendants(git: Git, commit: string, tips: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  const input = [`^${commit}`, ...tips].map((line) => `${line}\n`).join('');
  const listing = await git.try(['rev-list', '--ignore-missing', '--ancestry-path', '--stdin'], { input });
  return new Set(listing.stdout.split('\n'));
}
