import { dirname, join, resolve } from 'node:path';
import type { Files, Git, RepositoryLocation } from '../io/ports.ts';
import type { Ref, ReleaseFacts, WorktreeOperation } from './facts.ts';
import type { GitIn } from './worktrees.ts';

/** Files git keeps in a worktree's own folder while an operation is under way (gitrepository-layout(5)). */
const MARKS: readonly (readonly [string, WorktreeOperation])[] = [
  ['MERGE_HEAD', 'merge'],
  ['rebase-merge', 'rebase'],
  ['rebase-apply', 'rebase'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
  ['BISECT_LOG', 'bisect'],
];

/** Where git writes the branch that it will put back when a rebase ends: that branch counts as checked out. */
const REBASED: readonly string[] = ['rebase-merge/head-name', 'rebase-apply/head-name'];

/** Which of the worktrees that have one of these branches checked out are in the middle of something. */
export async function busyWorktrees(
  files: Files,
  { commonDir, root }: RepositoryLocation,
  branches: readonly (Ref | undefined)[],
): Promise<ReleaseFacts['busyWorktrees']> {
  const names = new Set(branches.flatMap((ref) => ref?.name ?? []));
  const paths = new Set(branches.flatMap((ref) => ref?.worktree ?? []));
  const gitDirs = new Map<string, string>();
  for (const path of paths) gitDirs.set(await gitDirOf(files, path, commonDir), path);
  for (const gitDir of [commonDir, ...(await linkedGitDirs(files, commonDir))]) {
    if (await isRebasing(files, gitDir, names)) gitDirs.set(gitDir, await worktreeOf(files, gitDir, root));
  }
  const operations = [...gitDirs].map(async ([gitDir, path]) => {
    for (const [mark, operation] of MARKS) {
      if (await files.exists(join(gitDir, mark))) return [{ path, operation }];
    }
    return [];
  });
  return (await Promise.all(operations)).flat();
}

async function linkedGitDirs(files: Files, commonDir: string): Promise<readonly string[]> {
  const folder = join(commonDir, 'worktrees');
  return (await files.list(folder)).map((name) => join(folder, name));
}

async function isRebasing(files: Files, gitDir: string, branches: ReadonlySet<string>): Promise<boolean> {
  const names = await Promise.all(REBASED.map((path) => files.readText(join(gitDir, path))));
  return names.some((name) => name !== undefined && branches.has(name.trim()));
}

/** The worktree of a git folder: a linked one says where its `.git` file is. */
async function worktreeOf(files: Files, gitDir: string, mainRoot: string): Promise<string> {
  const pointer = await files.readText(join(gitDir, 'gitdir'));
  return pointer === undefined ? mainRoot : dirname(pointer.trim());
}

/** A linked worktree has a file `.git` that names its folder; the main one uses the shared folder itself. */
export async function gitDirOf(files: Files, worktree: string, commonDir: string): Promise<string> {
  const pointer = await files.readText(join(worktree, '.git')).catch(() => undefined);
  const target = /^gitdir: (.+)$/m.exec(pointer ?? '')?.[1];
  return target === undefined ? commonDir : resolve(worktree, target);
}

/** Tracked files that differ from the commit where this branch is checked out: work that a finish would leave behind. */
export async function uncommittedFiles(gitIn: GitIn, branch: Ref | undefined): Promise<readonly string[]> {
  return branch?.worktree === undefined ? [] : uncommittedIn(gitIn(branch.worktree));
}

/** Tracked files that differ from the commit in the worktree that this git is in. */
export async function uncommittedIn(git: Git): Promise<readonly string[]> {
  // A status looks past changed times as a refreshed index would; told to take no lock it writes none.
  const status = ['status', '--porcelain', '-z', '--untracked-files=no', '--no-renames'];
  const listing = await git.run(status, { env: { GIT_OPTIONAL_LOCKS: '0' } });
  return listing
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => entry.slice('XY '.length));
}
