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
  /** A branch that has them, as it is to be merged: `develop`, `origin/develop`, `topic`. */
  readonly ref: string;
  /** The same without its remote. */
  readonly branch: string;
}

/**
 * Which branch has the hooks, where none is checked out. Written beside what is checked out they would be in that branch's
 * way: git neither switches to it nor merges it while it would write over files that it does not track. Any other branch of
 * this repository counts as well, the one with the newest commit first, unless a merge would bring nothing of it.
 * @param branches that are looked at first, and on every remote, the likeliest first
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
  const hasHooks = async (ref: string) => {
    if (ref === `refs/heads/${present}`) return false;
    const names = (await git.run(['ls-tree', '--name-only', ref, '--', `${husky}/`])).split('\n');
    return HOOKS.some((name) => names.includes(`${husky}/${name}`));
  };
  for (const branch of branches) {
    for (const ref of await listRefs(git, `refs/heads/${branch}`, `refs/remotes/*/${branch}`)) {
      if (await hasHooks(ref)) return { present, ref: ref.replace(/^refs\/(heads|remotes)\//, ''), branch };
    }
  }
  for (const ref of await listRefs(git, '--no-merged=HEAD', '--sort=-committerdate', 'refs/heads')) {
    const branch = ref.replace('refs/heads/', '');
    if (await hasHooks(ref)) return { present, ref: branch, branch };
  }
  return undefined;
}

/** None where git cannot tell: a branch without a commit has merged nothing, and nothing is to be merged into it. */
async function listRefs(git: Git, ...what: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await git.try(['for-each-ref', '--format=%(refname)', ...what]);
  return stdout.split('\n').filter(Boolean);
}
