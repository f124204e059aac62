/** Blobs by path, of `git ls-files -s -z` or of `git ls-tree -r -z`. */
export function blobsByPath(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\0').flatMap((line) => {
      const [, id, path] = /^\d+ (?:[a-z]+ )?([0-9a-f]+)(?: \d)?\t(.+)$/s.exec(line) ?? [];
      return id === undefined || path === undefined ? [] : [[path, id] as const];
    }),
  );
}
