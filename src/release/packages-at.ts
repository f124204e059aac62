import type { ReleaseConfig } from '../config/schema.ts';
import { Problem } from '../core/problem.ts';
import type { Git } from '../io/ports.ts';
import { choosePackages } from './choose-packages.ts';
import type { ChosenPubspec } from './choose-pubspec.ts';
import { type FileFacts, lookAtFiles } from './look-files.ts';
import { listTree } from './tree.ts';

/** What a commit has that releases are made of. */
export interface PackagesAt extends Pick<FileFacts, 'changelog' | 'changelogs'> {
  /** What a release from there would give a version; none where that could not be said. */
  readonly packages: readonly ChosenPubspec[];
}

/** @param commit its id */
export async function packagesAt(git: Git, commit: string, config: ReleaseConfig): Promise<PackagesAt> {
  const tree = await listTree(git, commit);
  const { pubspecs, changelog, changelogs } = await lookAtFiles(git, tree, { ...config, files: [] }, []);
  try {
    return { packages: choosePackages({ pubspecs, tree }, config), changelog, changelogs };
  } catch (error) {
    if (error instanceof Problem) return { packages: [], changelog, changelogs };
    throw error;
  }
}
