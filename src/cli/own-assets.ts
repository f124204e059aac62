import { relative, sep } from 'node:path';
import type { Config } from '../config/schema.ts';
import { readTag } from '../core/tag-name.ts';
import { findFiles } from '../io/find-files.ts';
import type { Git } from '../io/ports.ts';
import { ownerOf } from '../release/package-folder.ts';
import { packagesAt } from '../release/packages-at.ts';

/** Files of the working tree that the release gets. What is in the folder of another package is left to that one's. */
export async function ownAssets(
  git: Git,
  root: string,
  { github, release }: Config,
  tag: string,
): Promise<readonly string[]> {
  const paths = await findFiles(root, github.assets);
  const own = readTag(release.tag, tag)?.name;
  if (own === undefined || paths.length === 0) return paths;
  const commit = (await git.run(['rev-parse', '--verify', `refs/tags/${tag}^{commit}`])).trim();
  const { packages } = await packagesAt(git, commit, { ...release, changelog: false });
  const pubspecs = packages.map(({ path }) => path);
  const nameOf = (owner: string | undefined) => packages.find(({ path }) => path === owner)?.name ?? own;
  return paths.filter((path) => nameOf(ownerOf(relative(root, path).split(sep).join('/'), pubspecs)) === own);
}
