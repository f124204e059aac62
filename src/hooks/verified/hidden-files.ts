import { posix } from 'node:path';
import type { Files, Git } from '../../io/ports.ts';
import { isDropping } from './dropping.ts';

/** A repository, and the files that lie around in its working tree. */
export interface Worktree {
  /** At the root. */
  readonly git: Git;
  readonly files: Files;
  readonly root: string;
}

/** Neither a monitor's word nor a cache's is taken for what is on disk, and the user's index is left alone. */
export const LOOK = ['--no-optional-locks', '-c', 'core.fsmonitor=false', '-c', 'core.untrackedCache=false'];

/** A folder of nothing else is told by its own name: there may be a hundred thousand files in it. */
const SHOWN = [
  'ls-files',
  '--others',
  '-z',
  '--exclude-per-directory=.gitignore',
  '--directory',
  '--no-empty-directory',
];

/** A folder is told by its own name only where a rule names it, so that a rule that lies in what it hides is told. */
const IGNORED = ['status', '--porcelain', '-z', '--untracked-files=all', '--ignored=matching'];

/**
 * Files and folders on disk that only rules of this machine hide: from `.git/info/exclude`, `core.excludesFile`, or a
 * `.gitignore` that is not to be committed and is told in their place. Whoever clones the repository has neither the rule
 * nor the file: what is built with it here may not be built there.
 * @param below pathspecs
 */
export async function hiddenFiles(
  { git, files, root }: Worktree,
  below: readonly string[],
): Promise<readonly string[]> {
  const list = async (how: readonly string[]) =>
    (await git.run([...LOOK, ...how, '--', ...below])).split('\0').filter((path) => path !== '');
  const [shown, status] = await Promise.all([list(SHOWN), list(IGNORED)]);
  const rules = status.flatMap((line) => (/^!! (?:.*\/)?\.gitignore$/s.test(line) ? line.slice(3) : []));
  const hidden: string[] = [];
  for (const path of new Set([...shown, ...rules]))
    if (!isDropping(path) && !(await isRepository(files, posix.join(root, path)))) hidden.push(path);
  return hidden;
}

/** Another working tree, or a folder of nothing but such: what is in there has a repository of its own. */
async function isRepository(files: Files, path: string): Promise<boolean> {
  if (!path.endsWith('/')) return false;
  const holds = (folder: string) => files.exists(posix.join(folder, '.git'));
  if (await holds(path)) return true;
  const names = await files.list(path);
  return names.length > 0 && (await Promise.all(names.map((name) => holds(posix.join(path, name))))).every(Boolean);
}
