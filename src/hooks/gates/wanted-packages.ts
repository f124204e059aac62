import type { Package } from './packages.ts';

export interface WantedPackages {
  readonly packages: readonly Package[];
  /** Why these are more than were named; undefined where they are not. */
  readonly note?: string;
}

/**
 * The packages that `checks.packages` names; all where it is not set. All, too, where a name leads nowhere: the package that was
 * meant would have no gates, and a commit that was published cannot be mended any more.
 * @param named folders, '' for the root, which may be of another kind
 */
export function wantedPackages(all: readonly Package[], named: readonly string[] | undefined): WantedPackages {
  if (named === undefined) return { packages: all };
  const folders = all.map(({ folder }) => folder);
  const unknown = named.filter((folder) => folder !== '' && !folders.includes(folder));
  if (unknown.length > 0) return { packages: all, note: noteOf(unknown, folders) };
  return { packages: all.filter(({ folder }) => named.includes(folder)) };
}

function noteOf(unknown: readonly string[], folders: readonly string[]): string {
  const there = folders.map((folder) => folder || '.').join(', ') || 'none';
  return `  ! checks.packages names ${unknown.join(', ')}, where there is no package: all are judged (there are: ${there})`;
}
