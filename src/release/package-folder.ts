import { posix } from 'node:path';

/** Folder of a package by the path of its pubspec, inside the repository; '' for its root. */
export function folderOf(pubspecPath: string): string {
  const folder = posix.dirname(pubspecPath);
  return folder === '.' ? '' : folder;
}
