import type { TreeEntry } from './facts.ts';

/** Reads what `git ls-tree -z` prints. */
export function parseTree(output: string): readonly TreeEntry[] {
  return output.split('\0').flatMap((record) => {
    const [, mode, type, id, path] = /^(\d{6}) (blob|tree|commit) ([0-9a-f]+)\t(.+)$/s.exec(record) ?? [];
    if (mode === undefined || id === undefined || path === undefined) return [];
    return [{ mode, type: type as TreeEntry['type'], id, path }];
  });
}
