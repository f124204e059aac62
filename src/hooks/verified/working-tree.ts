import type { Files, Git } from '../../io/ports.ts';
import { withIndexCopy } from '../staged/staged-tree.ts';

/** Neither a monitor's word nor a cache's is taken for what is on disk, and the user's index is left alone. */
const LOOK = ['--no-optional-locks', '-c', 'core.fsmonitor=false', '-c', 'core.untrackedCache=false'];

/**
 * Whether the files on disk are those of a commit, below the given paths ('' for everything): nothing edited, staged,
 * deleted or added, ignored files aside.
 */
export async function isCheckedOut(git: Git, commit: string, paths: readonly string[]): Promise<boolean> {
  const trees = await git.try(['rev-parse', '--verify', '--quiet', 'HEAD^{tree}']);
  const wanted = await git.try(['rev-parse', '--verify', '--quiet', `${commit}^{tree}`]);
  if (trees.stdout === '' || trees.stdout !== wanted.stdout) return false;
  const below = pathspecs(paths);
  const flags = ['--porcelain', '-z', '--untracked-files=all', '--ignore-submodules=none'];
  const status = await git.try([...LOOK, 'status', ...flags, '--', ...below]);
  return status.exitCode === 0 && status.stdout === '' && !(await hasBlindSpots(git, below));
}

/**
 * The tree that a commit of everything on disk would have, new files and all; ignored files are not part of it.
 * @returns undefined when git was told not to look at some files
 */
export async function workingTree(git: Git, files: Files): Promise<string | undefined> {
  if (await hasBlindSpots(git, pathspecs(['']))) return undefined;
  // A copy of the user's index knows which files have not changed since.
  return withIndexCopy(git, files, async (index) => {
    const env = { GIT_INDEX_FILE: index };
    await git.run(['-c', 'core.fsmonitor=false', 'add', '--all', ':/'], { env });
    return (await git.run(['write-tree'], { env })).trim();
  });
}

/** Files that git was told not to compare with what is on disk: a small letter, or an S. */
async function hasBlindSpots(git: Git, below: readonly string[]): Promise<boolean> {
  const marks = await git.run([...LOOK, 'ls-files', '-v', '-z', '--', ...below]);
  return marks.split('\0').some((record) => /^[a-zS] /.test(record));
}

const pathspecs = (paths: readonly string[]) =>
  paths.includes('') ? [':/'] : [...new Set(paths)].map((path) => `:(top,literal)${path}`);
