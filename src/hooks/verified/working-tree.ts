import type { Files, Git } from '../../io/ports.ts';
import { withIndexCopy } from '../staged/staged-tree.ts';
import { hiddenFiles } from './hidden-files.ts';

/** Neither a monitor's word nor a cache's is taken for what is on disk, and the user's index is left alone. */
const LOOK = ['--no-optional-locks', '-c', 'core.fsmonitor=false', '-c', 'core.untrackedCache=false'];

/**
 * What the files on disk have that those of a commit have not, below the given paths ('' for everything): names of what
 * was edited, staged, deleted or added, and of what is hidden here alone. Empty when they are the same.
 */
export async function changesSince(git: Git, commit: string, paths: readonly string[]): Promise<readonly string[]> {
  const edits = await editsSince(git, commit, paths);
  return edits.length > 0 ? edits : hiddenFiles(git, pathspecs(paths));
}

/** The same without what is hidden: what git itself would tell. */
export async function editsSince(git: Git, commit: string, paths: readonly string[]): Promise<readonly string[]> {
  const trees = await git.try(['rev-parse', '--verify', '--quiet', 'HEAD^{tree}']);
  const wanted = await git.try(['rev-parse', '--verify', '--quiet', `${commit}^{tree}`]);
  if (trees.stdout === '' || trees.stdout !== wanted.stdout) return ['HEAD'];
  const below = pathspecs(paths);
  const flags = ['--porcelain', '-z', '--no-renames', '--untracked-files=all', '--ignore-submodules=none'];
  const status = await git.try([...LOOK, 'status', ...flags, '--', ...below]);
  if (status.exitCode !== 0) return ['what git tells of the working tree'];
  return [...names(status.stdout), ...(await blindSpots(git, below))];
}

/** Of `git status --porcelain -z`: two letters, a blank, the path. */
const names = (status: string) => status.split('\0').flatMap((record) => record.slice(3) || []);

/** Names of files that differ from a tree that {@link workingTree} has made, and of what is hidden here alone. */
export async function changesOnDisk(
  git: Git,
  files: Files,
  before: string,
  paths: readonly string[],
): Promise<readonly string[]> {
  const now = await workingTree(git, files);
  if (now === undefined) return ['what git looks at'];
  if (now === before) return hiddenFiles(git, pathspecs(paths));
  return (await git.run(['diff-tree', '-r', '-z', '--name-only', before, now])).split('\0').filter(Boolean);
}

/**
 * The tree that a commit of everything on disk would have, new files and all; ignored files are not part of it, whoever
 * ignores them.
 * @returns undefined when git was told not to look at some files
 */
export async function workingTree(git: Git, files: Files): Promise<string | undefined> {
  if ((await blindSpots(git)).length > 0) return undefined;
  // A copy of the user's index knows which files have not changed since.
  return withIndexCopy(git, files, async (index) => {
    const env = { GIT_INDEX_FILE: index };
    await git.run(['-c', 'core.fsmonitor=false', 'add', '--all', ':/'], { env });
    return (await git.run(['write-tree'], { env })).trim();
  });
}

/**
 * Files that git was told not to compare with what is on disk: a small letter, or an S.
 * @param below pathspecs
 */
export async function blindSpots(git: Git, below: readonly string[] = pathspecs([''])): Promise<readonly string[]> {
  const marks = await git.run([...LOOK, 'ls-files', '-v', '-z', '--', ...below]);
  return marks.split('\0').flatMap((record) => (/^[a-zS] /.test(record) ? record.slice(2) : []));
}

const pathspecs = (paths: readonly string[]) =>
  paths.includes('') ? [':/'] : [...new Set(paths)].map((path) => `:(top,literal)${path}`);
