import type { Git } from '../../io/ports.ts';
import { huskyFolder } from './hook-file.ts';

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
