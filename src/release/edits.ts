import type { ReleaseConfig } from '../config/schema.ts';
import { EXIT, Problem } from '../core/problem.ts';
import { highestBuild, nextBuild, type Version } from '../core/version.ts';
import type { ChosenPubspec } from './choose-pubspec.ts';
import { edit } from './edit.ts';
import { editPubspecs } from './edit-pubspecs.ts';
import type { ChangelogFile, ReleaseFacts, TextFile } from './facts.ts';
import { insertSection } from './insert-section.ts';
import type { FileEdit } from './plan-types.ts';
import { editing, findVersion, textOf, UneditablePubspec } from './pubspec.ts';
import { readSection } from './read-section.ts';
import type { ReleasedUnit } from './units.ts';
import { replaceVersionIn } from './version-file.ts';

/** A unit with the section that its changelog gets; undefined where none is written yet, as on a new release branch. */
export interface NotedUnit {
  readonly unit: ReleasedUnit;
  readonly notes: string | undefined;
}

export interface EditedUnit {
  readonly unit: ReleasedUnit;
  /** As the pubspecs get it, in the order of the unit's packages. */
  readonly versions: readonly [Version, ...Version[]];
  /** The changelog section, with what had been written by hand for it. */
  readonly notes: string;
}

export interface Edits {
  /** The files of the version commit. */
  readonly edits: readonly FileEdit[];
  readonly units: readonly EditedUnit[];
}

/** @throws Problem `pubspec-uneditable`, `version-file`, `build-number`, `changelog-uneditable` */
export function planEdits(facts: ReleaseFacts, config: ReleaseConfig, noted: readonly NotedUnit[]): Edits {
  const versioned = noted.map((one) => ({ ...one, versions: versionsOf(facts, config, one.unit) }));
  const packages = versioned.flatMap(({ unit }) => unit.packages);
  const versions = versioned.flatMap((one) => one.versions);
  // Packages may share a changelog by symbolic links: each section goes into what the one before has left.
  const changelogs = new Map<string, Buffer>();
  const units = versioned.map(({ unit, versions, notes }): EditedUnit => {
    const { changelog, version } = unit;
    if (changelog === undefined || notes === undefined) return { unit, versions, notes: notes ?? '' };
    const { path, bytes } = changelog;
    const edited = editChangelog({ path, bytes: changelogs.get(path) ?? bytes }, notes);
    changelogs.set(path, edited);
    return { unit, versions, notes: readSection(edited.toString('utf8'), version) ?? notes };
  });
  return {
    edits: [
      ...editPubspecs(facts, config, packages, versions),
      ...versioned.flatMap(({ unit, versions }) => editVersionFiles(facts, unit, versions)),
      ...[...changelogs].map(([path, bytes]) => edit(path, bytes)),
    ],
    units,
  };
}

function versionsOf(facts: ReleaseFacts, config: ReleaseConfig, { packages, version }: ReleasedUnit) {
  const [first, ...others] = packages;
  const versionOfPackage = (pubspec: ChosenPubspec): Version => {
    return { core: version, build: buildFor(facts, config, version, pubspec) };
  };
  return [versionOfPackage(first), ...others.map(versionOfPackage)] as const;
}

function editVersionFiles(
  facts: ReleaseFacts,
  { files, version }: ReleasedUnit,
  versions: EditedUnit['versions'],
): readonly FileEdit[] {
  const build = highestBuild(versions)?.toString() ?? versions[0].build;
  return files.map((file) => {
    const bytes = facts.versionFiles.find(({ path }) => path === file.path)?.bytes;
    return edit(file.path, editVersionFile(file, bytes, { core: version, build }));
  });
}

function editChangelog({ path, bytes }: ChangelogFile, notes: string): Buffer {
  const uneditable = {
    code: 'changelog-uneditable',
    what: `${path} cannot get a new section`,
    fix: 'save it as UTF-8, commit that to develop, and run again (or set release: { changelog: false } in tagship.yaml)',
  };
  return editing(uneditable, () => Buffer.from(insertSection(bytes === undefined ? undefined : textOf(bytes), notes)));
}

function buildFor(
  facts: ReleaseFacts,
  { build: source, packages }: ReleaseConfig,
  version: string,
  { path, spot }: ChosenPubspec,
): string | undefined {
  // Only apps count builds: the packages that are released with them do without.
  if (packages !== undefined && spot.version.build === undefined) return undefined;
  const same = facts.pubspecsElsewhere.filter((file) => packages === undefined || file.path === path);
  const others = same.flatMap(versionOf);
  const chosen = facts.chosenBuild;
  const build = nextBuild(spot.version, others, { fresh: spot.version.core === version, chosen });
  const highest = highestBuild([spot.version, ...others]);
  if (chosen === undefined || (/^\d+$/.test(chosen) && (highest === undefined || BigInt(chosen) > highest)))
    return build;
  if (chosen === '') throw unsetBuild(source);
  throw new Problem({
    code: 'build-number',
    what: `the build number ${JSON.stringify(chosen)} is not higher than ${highest ?? 'any number'}`,
    why: 'app stores refuse a build number that does not grow',
    fix: 'mend its source, or set release: { build: increment } in tagship.yaml',
    exit: EXIT.refused,
  });
}

function unsetBuild(source: string): Problem {
  const variable = source.replace(/^env:/, '');
  return new Problem({
    code: 'build-number',
    what: `there is no build number: ${variable} is not set`,
    why: `tagship.yaml says release: { build: ${source} }`,
    fix: `run the same command again with ${variable}=<number> in its environment`,
    exit: EXIT.refused,
  });
}

function versionOf({ bytes }: TextFile): Version[] {
  try {
    const spot = findVersion(bytes.toString('utf8'));
    return spot === undefined ? [] : [spot.version];
  } catch (error) {
    // An unreadable pubspec on another branch has no number to grow past.
    if (error instanceof UneditablePubspec) return [];
    throw error;
  }
}

function editVersionFile(file: ReleaseConfig['files'][number], bytes: Buffer | undefined, version: Version): Buffer {
  const uneditable = {
    code: 'version-file',
    what: `${file.path} cannot be given a new version`,
    fix: `mend ${file.path}, or its entry under release: { files: … } in tagship.yaml`,
  };
  return editing(uneditable, () => {
    if (bytes === undefined) throw new UneditablePubspec('it is not there');
    return replaceVersionIn(file, bytes, version);
  });
}
