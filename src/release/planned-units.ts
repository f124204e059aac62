import { formatVersion } from '../core/version.ts';
import type { SectionFacts } from './changelog.ts';
import type { ChosenPubspec } from './choose-pubspec.ts';
import { parseCommits } from './commits.ts';
import type { EditedUnit } from './edits.ts';
import type { ReleaseFacts } from './facts.ts';
import { hostedRepository } from './hosting.ts';
import { readNeeds } from './needs.ts';
import { folderOf } from './package-folder.ts';
import type { ReleasedPackage, ReleaseRequest, ReleaseTag } from './plan-types.ts';
import { type ReleasedUnit, toldVersion } from './units.ts';

/** What the unit's changelog section is made from. */
export function sectionFacts(
  { remote }: ReleaseFacts,
  { version, tag, history, packages: [pubspec] }: ReleasedUnit,
  released: readonly ReleasedUnit[],
  now: Date,
): SectionFacts {
  return {
    version,
    tag,
    date: now.toISOString().slice(0, 10),
    commits: parseCommits(history.commits),
    previousTag: history.lastRelease?.tag,
    hosted: remote.url === undefined ? undefined : hostedRepository(remote.url),
    needs: released.length < 2 ? [] : needed(pubspec, released),
  };
}

/** What is released with it and it is built from, as `core 1.3.0`. */
function needed({ bytes }: ChosenPubspec, released: readonly ReleasedUnit[]): readonly string[] {
  const names = readNeeds(bytes.toString('utf8')).flatMap(({ name, keys: [section] }) =>
    section === 'dependencies' ? [name] : [],
  );
  return released.flatMap((unit) =>
    unit.name !== undefined && names.includes(unit.name) ? [toldVersion(unit, unit.version)] : [],
  );
}

/** What it makes of each of its packages. */
export function releasedPackages({ unit, versions }: EditedUnit): readonly ReleasedPackage[] {
  const { packages, version, tag, follows } = unit;
  return packages.map(({ name, path }, index) => {
    const pubspecVersion = formatVersion(versions[index] ?? versions[0]);
    return { name, folder: folderOf(path), version, pubspecVersion, tag, ...(follows.length > 0 ? { follows } : {}) };
  });
}

/** The tag it gets. */
export function releaseTag(kind: ReleaseRequest['kind'], { unit, notes }: EditedUnit): ReleaseTag {
  const { name, version, tag } = unit;
  const what = kind === 'hotfix' ? 'Hotfix' : 'Release';
  return { name: tag, version, message: `${what}${name === undefined ? '' : ` ${name}`} version ${version}`, notes };
}
