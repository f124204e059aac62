import { posix } from 'node:path';
import type { ReleaseConfig } from '../config/schema.ts';
import { globPattern } from '../core/glob-pattern.ts';
import { EXIT, Problem } from '../core/problem.ts';
import { isLower } from '../core/version.ts';
import { type ChosenPubspec, choosePubspec, withSpot } from './choose-pubspec.ts';
import type { ReleaseFacts, TextFile } from './facts.ts';
import { readNeeds } from './needs.ts';
import { readPubspec, UneditablePubspec } from './pubspec.ts';

export type ChosenPackages = readonly [ChosenPubspec, ...ChosenPubspec[]];

/**
 * The packages that may get a version, those that need others first: one, or where several are configured all that have a
 * version.
 * @throws Problem as {@link choosePubspec}, `no-package`; also for a meant pubspec that cannot be read
 */
export function choosePackages(
  facts: Pick<ReleaseFacts, 'pubspecs' | 'tree'>,
  { packages }: Pick<ReleaseConfig, 'packages'>,
): ChosenPackages {
  if (packages === undefined) return [choosePubspec(facts)];
  const patterns = packages.include?.map(globPattern);
  const meant = facts.pubspecs.filter(({ path }) => patterns?.some((one) => one.test(posix.dirname(path))) ?? true);
  const [first, ...rest] = inOrder(meant.filter(hasVersion).map(withSpot));
  if (first === undefined) throw noPackage(facts.pubspecs, packages.include);
  return [first, ...rest];
}

/** Globs of the configuration that match no folder with a pubspec: mistyped, or of a package that was moved. */
export function unmatchedGlobs(
  { pubspecs }: Pick<ReleaseFacts, 'pubspecs'>,
  { packages }: Pick<ReleaseConfig, 'packages'>,
): readonly Problem[] {
  const folders = pubspecs.map(({ path }) => posix.dirname(path));
  const unmatched =
    packages?.include?.filter((glob) => !folders.some((folder) => globPattern(glob).test(folder))) ?? [];
  return unmatched.map(
    (glob) =>
      new Problem({
        code: 'include-unmatched',
        what: `no folder with a pubspec.yaml matches ${JSON.stringify(glob)} of release.packages.include`,
        why: `there is one in ${folders.join(', ') || 'none'}`,
        fix: 'mend it in tagship.yaml, or take it out; then the same command again',
        exit: EXIT.refused,
      }),
  );
}

function noPackage(pubspecs: readonly TextFile[], include: readonly string[] | undefined): Problem {
  const [first] = pubspecs;
  const meant = include === undefined ? '' : ` that release.packages.include means`;
  return new Problem({
    code: 'no-package',
    what: `no pubspec.yaml${meant} has a version`,
    fix: `write "version: 0.1.0" in ${first?.path ?? 'pubspec.yaml'}, and in every other one that is to be released; commit that and run again`,
    exit: EXIT.refused,
  });
}

/** Those of a pub workspace have none at its root. What cannot be read is meant all the same, and says why it cannot. */
function hasVersion({ bytes }: TextFile): boolean {
  try {
    return readPubspec(bytes.toString('utf8')).version !== undefined;
  } catch (error) {
    if (error instanceof UneditablePubspec) return true;
    throw error;
  }
}

/** What needs a package needs all that package needs, and the package: more than it. */
function inOrder(packages: readonly ChosenPubspec[]): readonly ChosenPubspec[] {
  const direct = new Map(packages.map(({ name, bytes }) => [name, readNeeds(bytes.toString('utf8'))]));
  const reached = (name: string) => {
    const found = new Set([name]);
    for (const one of found) {
      for (const need of direct.get(one) ?? []) if (direct.has(need.name)) found.add(need.name);
    }
    return found.size;
  };
  const sizes = new Map([...direct.keys()].map((name) => [name, reached(name)]));
  const size = ({ name }: ChosenPubspec) => sizes.get(name) ?? 0;
  return [...packages].sort((one, other) => size(other) - size(one) || (one.path < other.path ? -1 : 1));
}

/** The highest version among them, without build number: what a bump starts from. */
export function currentVersion(packages: ChosenPackages): string {
  return packages
    .map(({ spot }) => spot.version.core)
    .reduce((highest, core) => (isLower(highest, core) ? core : highest));
}
