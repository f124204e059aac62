import type { Git } from '../io/ports.ts';
import { isFolder, parseRawTree, type RawEntry } from './draft/raw-tree.ts';
import type { TreeEntry } from './facts.ts';

/**
 * All files and folders of a commit, in git's own order: each folder before what is in it.
 * @param commit its id
 */
export async function listTree(git: Git, commit: string): Promise<readonly TreeEntry[]> {
  const folders = new Map<string, readonly RawEntry[]>();
  const root = `${commit}^{tree}`;
  // Level by level, each in one question.
  for (let wanted: readonly string[] = [root]; wanted.length > 0; ) {
    const contents = await git.readObjects(wanted);
    const found = wanted.map((_, index) => parseRawTree(contents[index] ?? Buffer.alloc(0), commit.length / 2));
    for (const [index, name] of wanted.entries()) folders.set(name, found[index] ?? []);
    const inside = found.flat().filter(({ mode }) => isFolder(mode));
    wanted = [...new Set(inside.map(({ id }) => id))].filter((id) => !folders.has(id));
  }
  return listFolder(folders, root, '');
}

function listFolder(
  folders: ReadonlyMap<string, readonly RawEntry[]>,
  folder: string,
  prefix: string,
): readonly TreeEntry[] {
  return (folders.get(folder) ?? []).flatMap(({ mode, name, id }) => {
    const path = `${prefix}${name.toString('utf8')}`;
    const entry = { mode: mode.padStart(6, '0'), type: typeOf(mode), id, path } as const;
    return entry.type === 'tree' ? [entry, ...listFolder(folders, id, `${path}/`)] : [entry];
  });
}

function typeOf(mode: string): TreeEntry['type'] {
  if (isFolder(mode)) return 'tree';
  return mode === '160000' ? 'commit' : 'blob';
}
