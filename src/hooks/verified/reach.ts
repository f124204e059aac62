import { posix } from 'node:path';
import { parse } from 'yaml';
import type { Git } from '../../io/ports.ts';
import { folderOf, type Package, type TreeFile } from '../gates/packages.ts';
import { visibleTo } from './key.ts';

/** Files that say by `include:` what else is read: of the analysis, and of the tests. */
const INCLUDING: readonly string[] = ['analysis_options.yaml', 'dart_test.yaml'];

/**
 * Whether the tools of a package may read files of the repository that stand neither in its folders nor as settings above
 * them: by a symbolic link, in a submodule that it is built from a part of, by options of the analysis or of the tests that
 * include others.
 */
export async function reachesFar(
  { readObjects }: Pick<Git, 'readObjects'>,
  tree: readonly TreeFile[],
  { folder, dependencies }: Pick<Package, 'folder' | 'dependencies'>,
): Promise<boolean> {
  const folders = [folder, ...dependencies];
  // At the root there is nowhere else to go.
  if (folders.includes('')) return false;
  const isVisible = visibleTo(folders);
  const leadsAway = tree.some(({ path, type, isLink }) => {
    const isOnTheWay = (type === 'commit' || isLink === true) && folders.some((one) => one.startsWith(`${path}/`));
    return isOnTheWay || (isLink === true && isVisible(path));
  });
  if (leadsAway) return true;
  const ids = new Map(tree.filter(({ type }) => type === 'blob').map(({ path, id }) => [path, id]));
  const seen = new Set<string>();
  let next = [...ids.keys()].filter((path) => INCLUDING.includes(posix.basename(path)) && isVisible(path));
  while (next.length > 0) {
    for (const path of next) seen.add(path);
    const texts = await readObjects(next.map((path) => ids.get(path) ?? ''));
    const included = next.flatMap((path, index) => includedBy(path, texts[index]?.toString('utf8') ?? ''));
    if (!included.every(isVisible)) return true;
    next = [...new Set(included)].filter((path) => ids.has(path) && !seen.has(path));
  }
  return false;
}

/** Paths of the files that options name; those of packages are found where the packages are. */
function includedBy(path: string, text: string): readonly string[] {
  if (!text.includes('include')) return [];
  const named = [optionsOf(text)].flat().filter((one) => typeof one === 'string');
  return named
    .filter((one) => !one.startsWith('package:'))
    .map((one) => (posix.isAbsolute(one) ? one : posix.join(folderOf(path), one)));
}

function optionsOf(text: string): unknown {
  try {
    return parse(text, { logLevel: 'silent' })?.include;
  } catch {
    return undefined;
  }
}
