import { formatVersion, highestBuild, isLower, type Version } from '../core/version.ts';
import { higherConstraint } from './constraint.ts';
import { readNeeds, replaceConstraints } from './needs.ts';
import { findVersion, textOf } from './pubspec.ts';
import { findVersionIn, type VersionFile, writeVersionIn } from './version-file.ts';

/** The three sides of a merge. */
export interface Sides {
  readonly base: Buffer;
  readonly ours: Buffer;
  readonly theirs: Buffer;
}

/**
 * The sides with the same version in each, the higher one with the highest build of both, and of the constraints that
 * follow versions the higher one.
 * @throws UneditablePubspec
 */
export function alignVersions(sides: Sides, file: VersionFile): Sides {
  const aligned = isDependant(sides, file) ? sides : onAll(sides, withVersion(sides, file));
  return file.needing === undefined ? aligned : onAll(aligned, withConstraints(aligned, file.needing));
}

const onAll = ({ base, ours, theirs }: Sides, change: (bytes: Buffer) => Buffer): Sides => ({
  base: change(base),
  ours: change(ours),
  theirs: change(theirs),
});

/** It has no version on either side, but needs packages that do. */
function isDependant({ ours, theirs }: Sides, { needing }: VersionFile): boolean {
  return needing !== undefined && [ours, theirs].every((bytes) => findVersion(textOf(bytes)) === undefined);
}

function withVersion({ ours, theirs }: Sides, file: VersionFile): (bytes: Buffer) => Buffer {
  const versionOf = (bytes: Buffer) => findVersionIn(file, textOf(bytes)).version;
  const version = formatVersion(higher(versionOf(ours), versionOf(theirs)));
  return (bytes) => writeVersionIn(file, bytes, version);
}

function higher(ours: Version, theirs: Version): Version {
  const build = highestBuild([ours, theirs])?.toString() ?? ours.build ?? theirs.build;
  return { core: isLower(ours.core, theirs.core) ? theirs.core : ours.core, build };
}

function withConstraints({ ours, theirs }: Sides, needing: readonly string[]): (bytes: Buffer) => Buffer {
  const [here, there] = [ours, theirs].map((bytes) => constraintsOn(bytes, needing));
  const chosen = new Map<string, string>();
  for (const [place, constraint] of here ?? []) {
    const other = there?.get(place);
    const higher = other === undefined ? undefined : higherConstraint(constraint, other);
    if (higher !== undefined) chosen.set(place, higher);
  }
  return (bytes) =>
    replaceConstraints(bytes, ({ keys }, constraint) => {
      const wanted = chosen.get(placeOf(keys));
      // What the base asked for otherwise, somebody has changed by hand.
      return wanted === undefined || higherConstraint(constraint, wanted) === undefined ? constraint : wanted;
    });
}

const placeOf = (keys: readonly string[]) => keys.join('\n');

function constraintsOn(bytes: Buffer, needing: readonly string[]): ReadonlyMap<string, string> {
  const needs = readNeeds(textOf(bytes)).filter(({ name }) => needing.includes(name));
  return new Map(
    needs.flatMap(({ keys, constraint }) =>
      constraint === undefined ? [] : [[placeOf(keys), constraint.text] as const],
    ),
  );
}
