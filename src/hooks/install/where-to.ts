import { posix } from 'node:path';
import type { Files } from '../../io/ports.ts';

/**
 * Where what is written to a path arrives: past symbolic links, as the system follows them, and past one that names nothing
 * yet. Folders that are not there lead nowhere.
 * @returns undefined behind a second link that names nothing
 */
export async function whereTo(files: Files, path: string, linked = false): Promise<string | undefined> {
  const there = await files.realPath(path);
  if (there !== undefined) return there;
  const above = await whereTo(files, posix.dirname(path), linked);
  if (above === undefined) return undefined;
  const link = await files.linkText(path);
  if (link === undefined) return posix.join(above, posix.basename(path));
  if (linked) return undefined;
  // Not joined: what stands before `..` may be a link.
  return whereTo(files, posix.isAbsolute(link) ? link : `${above}/${link}`, true);
}
