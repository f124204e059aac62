import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { globPattern } from '../core/glob-pattern.ts';

/**
 * Files that globs name, each once, as absolute paths. Links are not followed out of the root: what is found is to be
 * published.
 * @param globs relative, with `/` on every system; `**` crosses folders
 */
export async function findFiles(root: string, globs: readonly string[]): Promise<readonly string[]> {
  const real = await realpath(root);
  const found = await Promise.all(globs.map((glob) => expand(real, glob.split('/'))));
  const paths = await Promise.all([...new Set(found.flat())].map((path) => realpath(path)));
  return paths.filter((path) => path.startsWith(real + sep)).sort();
}

async function expand(path: string, [segment, ...rest]: readonly string[]): Promise<readonly string[]> {
  if (segment === undefined) {
    const isFile = await stat(path).then(
      (entry) => entry.isFile(),
      () => false,
    );
    return isFile ? [path] : [];
  }
  if (!/[*?]/.test(segment)) return expand(join(path, segment), rest);
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  if (segment === '**') {
    const folders = entries.filter((entry) => entry.isDirectory() && entry.name !== '.git');
    const deeper = folders.map(({ name }) => expand(join(path, name), [segment, ...rest]));
    return (await Promise.all([expand(path, rest), ...deeper])).flat();
  }
  const named = entries.filter((entry) => !entry.isSymbolicLink() && globPattern(segment).test(entry.name));
  return (await Promise.all(named.map(({ name }) => expand(join(path, name), rest)))).flat();
}
