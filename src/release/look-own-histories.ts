import type { ReleaseConfig } from '../config/schema.ts';
import { Problem } from '../core/problem.ts';
import type { Git } from '../io/ports.ts';
import { branchNames, openReleaseBranches } from './branches.ts';
import { choosePackages } from './choose-packages.ts';
import type { PackageFacts, Ref, ReleaseFacts, TreeEntry } from './facts.ts';
import type { FileFacts } from './look-files.ts';
import type { LineHistory } from './look-history.ts';
import { lookAtPackages, type NamedPackage } from './look-packages.ts';
import { isReleaseMessage } from './release-message.ts';

/** The history of each independent package, with its changelog. */
export async function lookAtOwnHistories(
  git: Git,
  refs: ReadonlyMap<string, Ref>,
  { line, main, preRelease }: { readonly line: string; readonly main: string; readonly preRelease: boolean },
  config: ReleaseConfig,
  { pubspecs, changelogs }: FileFacts,
  tree: readonly TreeEntry[],
): Promise<LineHistory & Required<Pick<ReleaseFacts, 'byPackage'>>> {
  const packages = packagesOf({ pubspecs, tree }, config);
  const request = { line, main, tagFormat: config.tag, preReleasesCount: preRelease, packages };
  const [{ histories, commits, mainInLine }, onBranch] = await Promise.all([
    lookAtPackages(git, refs, request),
    commitsOnBranch(git, refs, line, config),
  ]);
  const byPackage = new Map(
    [...histories].map(([path, history]): [string, PackageFacts] => {
      const mended = history.commits.some(({ hash, message }) => onBranch.has(hash) && !isReleaseMessage(message));
      return [path, { ...history, mended, changelog: changelogs.get(path) }];
    }),
  );
  return { byPackage, commits, mainInLine, lastRelease: undefined };
}

/** Of a release branch, what develop does not have. */
async function commitsOnBranch(
  git: Git,
  refs: ReadonlyMap<string, Ref>,
  line: string,
  config: ReleaseConfig,
): Promise<ReadonlySet<string>> {
  const { develop } = branchNames(config);
  const [tip, other] = [refs.get(line)?.commit, refs.get(develop)?.commit];
  if (tip === undefined || other === undefined || !openReleaseBranches(refs, config).some(({ name }) => name === line))
    return new Set();
  return new Set((await git.run(['rev-list', '--no-merges', tip, `^${other}`])).split('\n'));
}

/** Whoever plans finds out the same, and says why there are none. */
function packagesOf(
  facts: Pick<ReleaseFacts, 'pubspecs' | 'tree'>,
  config: Pick<ReleaseConfig, 'packages'>,
): readonly NamedPackage[] {
  try {
    return choosePackages(facts, config);
  } catch (error) {
    if (error instanceof Problem) return [];
    throw error;
  }
}
