import type { ReleaseConfig } from '../config/schema.ts';
import { EXIT, Problem } from '../core/problem.ts';
import { highestBuild, nextBuild, type Version } from '../core/version.ts';
import type { ChosenPackages } from './choose-packages.ts';
import type { ChosenPubspec } from './choose-pubspec.ts';
import { edit } from './edit.ts';
import { editPubspecs } from './edit-pubspecs.ts';
import type { ReleaseFacts, TextFile } from './facts.ts';
import { insertSection } from './insert-section.ts';
import type { FileEdit } from './plan-types.ts';
import { editing, findVersion, textOf, UneditablePubspec } from './pubspec.ts';
import { readSection } from './read-section.ts';
import { replaceVersionIn } from './version-file.ts';

interface Decided {
  readonly version: string;
  readonly packages: ChosenPackages;
  /** The changelog section; undefined where none is written yet, as at the start of a release branch. */
  readonly notes: string | undefined;
}

export interface Edits {
  /** The files of the version commit. */
  readonly edits: readonly FileEdit[];
  /** As the pubspecs get it, in the order of the packages. */
  readonly versions: readonly [Version, ...Version[]];
  /** The changelog section, with what had been written by hand for it. */
  readonly notes: string;
}

/** @throws Problem `pubspec-uneditable`, `version-file`, `build-number`, `changelog-uneditable` */
export function planEdits(facts: ReleaseFacts, config: ReleaseConfig, { version, packages, notes }: Decided): Edits {
  const [first, ...others] = packages;
  const versionOfPackage = (pubspec: ChosenPubspec): Version => ({
    core: version,
    build: buildFor(facts, config, version, pubspec),
  });
  const versions = [versionOfPackage(first), ...others.map(versionOfPackage)] as const;
  const build = highestBuild(versions)?.toString() ?? versions[0].build;
  const edits = [
    ...editPubspecs(facts, config, packages, versions),
    ...config.files.map((file, index) => {
      const bytes = facts.versionFiles[index]?.bytes;
      return edit(file.path, editVersionFile(file, bytes, { core: version, build }));
    }),
  ];
  if (facts.changelog === undefined || notes === undefined) return { edits, versions, notes: notes ?? '' };
  const changelog = editChangelog(facts.changelog, notes);
  const section = readSection(changelog.toString('utf8'), version);
  return { edits: [...edits, edit(facts.changelog.path, changelog)], versions, notes: section ?? notes };
}

function editChangelog({ path, bytes }: NonNullable<ReleaseFacts['changelog']>, notes: string): Buffer {
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
