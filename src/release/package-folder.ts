import { posix } from 'node:path';

/** Folder of a package by the path of its pubspec, inside the repository; '' for its root. */
export function folderOf(pubspecPath: string): string {
  const folder = posix.dirname(pubspecPath);
  return folder === '.' ? '' : folder;
}

/** The package that a file belongs to, by its pubspec: of those whose folder holds it, the one deepest inside. */
export function ownerOf(path: string, pubspecPaths: readonly string[]): string | undefined {
  let owner: string | undefined;
  for (const candidate of pubspecPaths) {
    const folder = folderOf(candidate);
    const holds = folder === '' || path.startsWith(`${folder}/`);
    if (holds && (owner === undefined || folder.length > folderOf(owner).length)) owner = candidate;
  }
  return owner;
}
