import type { Git } from '../../io/ports.ts';
import { HOOKS, huskyFolder } from './hook-file.ts';

/**
 * Whether git would start no hook while a branch is checked out, because what it holds has none: they come with the files.
 * Not of the branch at hand, whose next commit brings them.
 * @param folder of package.json, inside the repository
 */
export async function lacksHooks(git: Git, branch: string, folder: string): Promise<boolean> {
  const { stdout: present } = await git.try(['symbolic-ref', '-q', '--short', 'HEAD']);
  if (present.trim() === branch) return false;
  const refs = await git.run([
    'for-each-ref',
    '--format=%(refname)',
    `refs/heads/${branch}`,
    `refs/remotes/*/${branch}`,
  ]);
  // That of the repository at hand comes first.
  const [ref] = refs.split('\n').filter((line) => line !== '');
  return ref !== undefined && (await git.run(['ls-tree', '--name-only', ref, '--', huskyFolder(folder)])) === '';
}

/** Where the hooks are that what is checked out does not have. */
export interface HooksElsewhere {
  /** The branch that is checked out; undefined when none is. */
  readonly present: string | undefined;
  /** A branch that has them, as it is to be merged: `develop`, `origin/develop`. */
  readonly ref: string;
  /** The same without its remote. */
  readonly branch: string;
}

/**
 * Which branch has the hooks, where none is checked out. Written beside what is checked out they would be in that branch's
 * way: git neither switches to it nor merges it while it would write over files that it does not track.
 * @param branches that may have them, the likeliest first
 * @param folder of package.json, inside the repository
 */
export async function hooksElsewhere(
  git: Git,
  branches: readonly string[],
  folder: string,
): Promise<HooksElsewhere | undefined> {
  const husky = huskyFolder(folder);
  if ((await git.run(['ls-files', '--', husky])) !== '') return undefined;
  const present = (await git.try(['symbolic-ref', '-q', '--short', 'HEAD'])).stdout.trim() || undefined;
  for (const branch of branches) {
    const named = [`refs/heads/${branch}`, `refs/remotes/*/${branch}`];
    const refs = (await git.run(['for-each-ref', '--format=%(refname)', ...named])).split('\n').filter(Boolean);
    for (const ref of refs.filter((one) => one !== `refs/heads/${present}`)) {
      const names = (await git.run(['ls-tree', '--name-only', ref, '--', `${husky}/`])).split('\n');
      if (!HOOKS.some((name) => names.includes(`${husky}/${name}`))) continue;
      return { present, ref: ref.replace(/^refs\/(heads|remotes)\//, ''), branch };
    }
  }
  return undefined;
}
