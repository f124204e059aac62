import type { ReleaseConfig } from '../config/schema.ts';
import { Problem } from '../core/problem.ts';
import type { Git } from '../io/ports.ts';
import { choosePackages, currentVersion } from './choose-packages.ts';
import { lookAtFiles } from './look-files.ts';
import { parseTree } from './tree.ts';

/** The version, without build number, of what a release from this commit would edit; undefined for none. */
export async function versionAt(git: Git, commit: string, config: ReleaseConfig): Promise<string | undefined> {
  const tree = parseTree(await git.run(['ls-tree', '-r', '-t', '-z', '--full-tree', commit]));
  try {
    const { pubspecs } = await lookAtFiles(git, tree, { ...config, files: [], changelog: false }, []);
    return currentVersion(choosePackages({ pubspecs, tree }, config));
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}
