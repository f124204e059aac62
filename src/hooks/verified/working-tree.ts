import type { Files, Git } from '../../io/ports.ts';
import { withIndexCopy } from '../staged/staged-tree.ts';
import { type Difference, ofPath } from './difference.ts';
import { hiddenFiles, LOOK, type Worktree } from './hidden-files.ts';

/**
 * What the files on disk have that those of a commit have not, below the given paths ('' for everything): what
 * was edited, staged, deleted or added, and of what is hidden here alone. Empty when they are the same.
 */
export async function changesSince(
  tree: Worktree,
  commit: string,
  paths: readonly string[],
): Promise<readonly Difference[]> {
  const edits = await editsSince(tree.git, commit, paths);
  return edits.length > 0 ? edits : (await hiddenFiles(tree, pathspecs(paths))).map(ofPath);
}

/** The same without what is hidden: what git itself would tell. */
export async function editsSince(git: Git, commit: string, paths: readonly string[]): Promise<readonly Difference[]> {
  const trees = await git.try(['rev-parse', '--verify', '--quiet', 'HEAD^{tree}']);
  const wanted = await git.try(['rev-parse', '--verify', '--quiet', `${commit}^{tree}`]);
  if (trees.stdout === '' || trees.stdout !== wanted.stdout) return [{ words: 'another commit is checked out' }];
  const below = pathspecs(paths);
  const flags = ['--porcelain', '-z', '--no-renames', '--untracked-files=all', '--ignore-submodules=none'];
  const status = await git.try([...LOOK, 'status', ...flags, '--', ...below]);
  if (status.exitCode !== 0) return [{ words: 'git cannot tell what the working tree has' }];
  return [...names(status.stdout), ...(await blindSpots(git, below))].map(ofPath);
}

/** Of `git status --porcelain -z`: two letters, a blank, the path. */
const names = (status: string) => status.split('\0').flatMap((record) => record.slice(3) || []);

/** What differs from a tree that {@link workingTree} has made, and what is hidden here alone. */
export async function changesOnDisk(
  tree: Worktree,
  before: string,
  paths: readonly string[],
): Promise<readonly Difference[]> {
  const { git, files } = tree;
  const now = await workingTree(git, files);
  if (now === undefined) return [{ words: 'git is told not to look at some files' }];
  if (now === before) return (await hiddenFiles(tree, pathspecs(paths))).map(ofPath);
  const names = await git.run(['diff-tree', '-r', '-z', '--name-only', before, now]);
  return names.split('\0').filter(Boolean).map(ofPath);
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
