import { posix } from 'node:path';
import type { Git } from '../io/ports.ts';
import type { TreeEntry } from './facts.ts';

export interface FileBlob {
  readonly path: string;
  /** Object id of the new content. */
  readonly id: string;
}

/**
 * Writes the tree that differs from `tree` in these files alone and returns its id. Only the folders on the way to
 * them are written anew: one `git mktree` each, however large the repository.
 */
export async function writeTree(git: Git, tree: readonly TreeEntry[], files: readonly FileBlob[]): Promise<string> {
  const changed = new Map<string, TreeEntry>();
  for (const { path, id } of files) {
    const mode = tree.find((entry) => entry.path === path)?.mode ?? '100644';
    changed.set(path, { mode, type: 'blob', id, path });
  }
  for (const folder of foldersDeepestFirst(files)) {
    const id = await writeFolder(git, tree, folder, changed);
    changed.set(folder, { mode: '040000', type: 'tree', id, path: folder });
  }
  return writeFolder(git, tree, '', changed);
}

function foldersDeepestFirst(files: readonly FileBlob[]): readonly string[] {
  const folders = new Set<string>();
  for (const { path } of files) {
    for (let folder = parentOf(path); folder !== ''; folder = parentOf(folder)) folders.add(folder);
  }
  return [...folders].sort((a, b) => b.split('/').length - a.split('/').length);
}

async function writeFolder(
  git: Git,
  tree: readonly TreeEntry[],
  folder: string,
  changed: ReadonlyMap<string, TreeEntry>,
): Promise<string> {
  const entries = new Map(tree.filter(({ path }) => parentOf(path) === folder).map((entry) => [entry.path, entry]));
  for (const entry of changed.values()) if (parentOf(entry.path) === folder) entries.set(entry.path, entry);
  const input = [...entries.values()].map(
    ({ mode, type, id, path }) => `${mode} ${type} ${id}\t${posix.basename(path)}\0`,
  );
  // --missing: a submodule's commit and, in partial clones, untouched files are not here.
  return (await git.run(['mktree', '-z', '--missing'], { input: input.join('') })).trim();
}

function parentOf(path: string): string {
  const parent = posix.dirname(path);
  return parent === '.' ? '' : parent;
}
