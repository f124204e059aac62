import type { Files, Git } from '../io/ports.ts';
import type { CommitPorts } from './commit.ts';
import { editTree } from './draft/edit-tree.ts';
import { DURABLY } from './durable.ts';
import { type ConflictedFile, resolveConflict } from './resolve-conflict.ts';
import type { VersionFile } from './version-file.ts';

/** Where versions meet: what may be resolved without asking. */
export interface Resolvable {
  readonly versionFiles: readonly VersionFile[];
  readonly changelogPaths: readonly string[];
}

export type MergeResult =
  | { readonly kind: 'merged'; readonly tree: string }
  | { readonly kind: 'conflict'; readonly paths: readonly string[] }
  | { readonly kind: 'failed'; readonly why: string };

/**
 * Merges two commits without touching any file or branch. A conflict that is only about the version or about what was
 * added to the changelog on both sides is resolved.
 */
export async function mergeTrees(
  { git, files, draft }: CommitPorts & { readonly files: Files },
  ours: string,
  theirs: string,
  resolvable: Resolvable,
): Promise<MergeResult> {
  await draft.write();
  const merge = await git.try([...DURABLY, 'merge-tree', '--write-tree', '--no-messages', '-z', ours, theirs]);
  const [tree, ...records] = merge.stdout.split('\0').filter((record) => record !== '');
  if (tree === undefined || merge.exitCode > 1) return { kind: 'failed', why: merge.stderr.trim() };
  if (merge.exitCode === 0) return { kind: 'merged', tree };
  const conflicts = groupByPath(records);
  const bases = await commonCommits(git, ours, theirs);
  const resolved = await Promise.all(
    conflicts.map((conflict) => resolveConflict(git, files, conflict, resolvable, bases)),
  );
  const contents = resolved.flatMap((content) => (content === undefined ? [] : [content]));
  if (contents.length < conflicts.length) {
    const paths = conflicts.filter((_, index) => resolved[index] === undefined).map(({ path }) => path);
    return { kind: 'conflict', paths };
  }
  return { kind: 'merged', tree: await editTree(git, draft, tree, contents) };
}

/** Where both histories parted: several where they had crossed, as after a hotfix into two branches. */
async function commonCommits(git: Git, ours: string, theirs: string): Promise<readonly string[]> {
  const { stdout } = await git.try(['merge-base', '--all', ours, theirs]);
  return stdout.split('\n').filter((line) => line !== '');
}

/** `mode id stage<TAB>path` per side of a conflicted file; stage 1 is the base, 2 ours, 3 theirs. */
function groupByPath(records: readonly string[]): readonly ConflictedFile[] {
  const files = new Map<string, { path: string; base?: string; ours?: string; theirs?: string }>();
  for (const record of records) {
    const [, mode, id, stage, path] = /^(\d{6}) ([0-9a-f]+) ([123])\t(.+)$/s.exec(record) ?? [];
    if (path === undefined || id === undefined) continue;
    const file = files.get(path) ?? { path };
    // Only regular files can be resolved; a side that is a link or a submodule counts as missing.
    if (mode === '100644' || mode === '100755') {
      if (stage === '1') file.base = id;
      if (stage === '2') file.ours = id;
      if (stage === '3') file.theirs = id;
    }
    files.set(path, file);
  }
  return [...files.values()];
}
