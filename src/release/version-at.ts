import type { ReleaseConfig } from '../config/schema.ts';
import type { Git } from '../io/ports.ts';
import { packagesAt } from './packages-at.ts';

/** A version, without build number, as it stands in a pubspec. */
export interface PubspecVersion {
  readonly path: string;
  readonly version: string;
}

/**
 * The versions that a release tag on this commit stands for: of the package that it names, else of all that a release
 * from there would edit.
 */
export async function versionsAt(
  git: Git,
  commit: string,
  config: ReleaseConfig,
  name: string | undefined,
): Promise<readonly PubspecVersion[]> {
  const { packages } = await packagesAt(git, commit, { ...config, changelog: false });
  const meant = name === undefined ? packages : packages.filter((one) => one.name === name);
  return meant.map(({ path, spot }) => ({ path, version: spot.version.core }));
}
