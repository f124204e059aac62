import type { ReleaseConfig } from '../config/schema.ts';
import { formatVersion, type Version } from '../core/version.ts';
import type { ChosenPubspec } from './choose-pubspec.ts';
import { edit } from './edit.ts';
import type { ReleaseFacts, TextFile } from './facts.ts';
import { followVersions, readNeeds } from './needs.ts';
import type { FileEdit } from './plan-types.ts';
import { editing, replaceVersion, UneditablePubspec } from './pubspec.ts';

/**
 * The pubspecs of the version commit: of the packages, and of all that need them.
 * @param versions of the packages, in their order
 * @throws Problem `pubspec-uneditable`
 */
export function editPubspecs(
  facts: Pick<ReleaseFacts, 'pubspecs'>,
  config: Pick<ReleaseConfig, 'packages'>,
  packages: readonly ChosenPubspec[],
  versions: readonly Version[],
): readonly FileEdit[] {
  const own = packages.map(({ path, bytes }, index) => {
    return { path, bytes: replaceVersion(bytes, formatVersion(versions[index] as Version)) };
  });
  if (config.packages === undefined) return own.map(({ path, bytes }) => edit(path, bytes));
  const named = new Map(packages.map(({ name }, index) => [name, versions[index] as Version]));
  const dependants = dependantsOf(facts, packages).map((file) => ({ before: file, after: follow(file, named) }));
  const changed = dependants.filter(({ before, after }) => !after.equals(before.bytes));
  return [
    ...own.map((file) => edit(file.path, follow(file, named))),
    ...changed.map(({ before, after }) => edit(before.path, after)),
  ];
}

/** Pubspecs that get no version of this release but need a package that does. */
export function dependantsOf(
  { pubspecs }: Pick<ReleaseFacts, 'pubspecs'>,
  packages: readonly ChosenPubspec[],
): readonly TextFile[] {
  const paths = new Set(packages.map(({ path }) => path));
  const names = new Set(packages.map(({ name }) => name));
  return pubspecs.filter(({ path, bytes }) => !paths.has(path) && needsAny(bytes, names));
}

function needsAny(bytes: Buffer, names: ReadonlySet<string>): boolean {
  try {
    return readNeeds(bytes.toString('utf8')).some(({ name }) => names.has(name));
  } catch (error) {
    // What nobody can read needs nothing.
    if (error instanceof UneditablePubspec) return false;
    throw error;
  }
}

function follow({ path, bytes }: TextFile, versions: ReadonlyMap<string, Version>): Buffer {
  const uneditable = {
    code: 'pubspec-uneditable',
    what: `the constraints of ${path} cannot be brought up to the new version`,
    fix: `write each as "name: ^1.2.3" in ${path}, commit that to develop and run again`,
  };
  return editing(uneditable, () => followVersions(bytes, versions));
}
