import type { ReleaseConfig } from '../config/schema.ts';
import type { Git } from '../io/ports.ts';
import { type PackagesAt, packagesAt } from './packages-at.ts';

/** A version, without build number, as it stands in a pubspec. */
export interface PubspecVersion {
  readonly path: string;
  readonly version: string;
}

/**
 * Reads the versions that a release tag on a commit stands for: of the package that it names, else of all that a release
 * from there would edit. A commit with many tags is looked at once.
 */
export function versionReader(git: Git) {
  const seen = new Map<ReleaseConfig, Map<string, Promise<PackagesAt>>>();
  return async (
    commit: string,
    config: ReleaseConfig,
    name: string | undefined,
  ): Promise<readonly PubspecVersion[]> => {
    const commits = seen.get(config) ?? new Map<string, Promise<PackagesAt>>();
    const found = commits.get(commit) ?? packagesAt(git, commit, { ...config, changelog: false });
    seen.set(config, commits.set(commit, found));
    const { packages } = await found;
    const meant = name === undefined ? packages : packages.filter((one) => one.name === name);
    return meant.map(({ path, spot }) => ({ path, version: spot.version.core }));
  };
}
