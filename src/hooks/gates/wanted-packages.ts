import { EXIT, Problem } from '../../core/problem.ts';
import type { Package } from './packages.ts';

/**
 * The packages that `checks.packages` names; all where it is not set.
 * @param named folders, '' for the root
 * @throws Problem `package-unknown`: a name that leads nowhere would take away the gates of the package that was meant
 */
export function wantedPackages(all: readonly Package[], named: readonly string[] | undefined): readonly Package[] {
  if (named === undefined) return all;
  const folders = all.map(({ folder }) => folder);
  // The root of a repository of another kind has gates of its own.
  const unknown = named.filter((folder) => !folders.includes(folder) && !(folder === '' && all.length === 0));
  if (unknown.length > 0) throw packageUnknown(unknown, folders);
  return all.filter(({ folder }) => named.includes(folder));
}

function packageUnknown(unknown: readonly string[], folders: readonly string[]): Problem {
  const [first = ''] = unknown;
  const where =
    unknown.length === 1 ? `${shown(first)}, where there is` : `${unknown.map(shown).join(', ')}, which are`;
  return new Problem({
    code: 'package-unknown',
    what: `checks.packages in tagship.yaml names ${where} no package${unknown.length === 1 ? '' : 's'}`,
    why: folders.length === 0 ? 'there is none at all' : `there are: ${folders.map(shown).join(', ')}`,
    fix: 'name those in checks.packages, or leave it out to have all of them checked; commit that and run again',
    exit: EXIT.usage,
  });
}

/** As it is written in tagship.yaml. */
const shown = (folder: string) => folder || '.';
