import { posix } from 'node:path';
import type { Git } from '../io/ports.ts';
import { DURABLY } from './durable.ts';
import type { TreeEntry } from './facts.ts';

export interface FileBlob {
  readonly path: string;
  /** Object id of the new content. */
  readonly id: string;
}

/**
 * Writes the tree that differs from `tree` in these files alone and returns its id. Only the folders on the way to
 * them are written anew: one git each, however large the repository.
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
  const content = Buffer.concat([...entries.values()].sort(byTreeOrder).map(treeRecord));
  // Not git mktree, which does not read core.fsync: the tree would be the one object that a power cut can take.
  return (await git.run([...DURABLY, 'hash-object', '-w', '-t', 'tree', '--stdin'], { input: content })).trim();
}

/** A tree object's record: mode without leading zeros, blank, name, NUL, the id's bytes. */
function treeRecord({ mode, path, id }: TreeEntry): Buffer {
  return Buffer.concat([Buffer.from(`${mode.replace(/^0+/, '')} ${posix.basename(path)}\0`), Buffer.from(id, 'hex')]);
}

/** Git orders names by their bytes, a folder as if its name ended with a slash. */
function byTreeOrder(a: TreeEntry, b: TreeEntry): number {
  return Buffer.compare(sortKey(a), sortKey(b));
}

const sortKey = ({ path, type }: TreeEntry) => Buffer.from(posix.basename(path) + (type === 'tree' ? '/' : ''));

function parentOf(path: string): string {
  const parent = posix.dirname(path);
  return parent === '.' ? '' : parent;
}
