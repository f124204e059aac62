import type { ReleaseConfig } from '../config/schema.ts';
import { EXIT, Problem } from '../core/problem.ts';
import { tagOf } from '../core/tag-name.ts';
import { branchNames, openReleaseBranches, quotedName, shortName } from './branches.ts';
import type { Ref } from './facts.ts';
import { versionInName } from './open-branches.ts';

/**
 * The open release branch to finish.
 * @param version which, when several are open
 * @throws Problem `no-release-branch`, `several-release-branches`
 */
export function chooseReleaseBranch(
  refs: ReadonlyMap<string, Ref>,
  config: ReleaseConfig,
  version: string | undefined,
): Ref {
  const open = openReleaseBranches(refs, config);
  const wanted =
    version === undefined ? undefined : branchNames(config).release(tagOf(config.tag, version.replace(/^v/, '')));
  const candidates = wanted === undefined ? open : open.filter(({ name }) => name === wanted);
  const [branch] = candidates;
  if (branch !== undefined && candidates.length === 1) return branch;
  const names = open.map(({ name }) => shortName(name));
  if (candidates.length > 1) {
    throw new Problem({
      code: 'several-release-branches',
      what: 'several releases are open',
      why: names.join('\n'),
      fix: `name one: tagship release finish ${versionOfBranch(open[0]?.name ?? '', config)}`,
      exit: EXIT.refused,
    });
  }
  throw new Problem({
    code: 'no-release-branch',
    what: version === undefined ? 'no release is open' : `no release ${version} is open`,
    ...(names.length > 0 ? { why: `open: ${names.join(', ')}` } : {}),
    fix: 'tagship release start minor (or release at once: tagship release minor)',
    exit: EXIT.refused,
  });
}

/** The version a release branch is for, by its name. @throws Problem `release-branch-name` */
export function versionOfBranch(name: string, config: ReleaseConfig): string {
  const version = versionInName(name, config);
  if (version !== undefined) return version;
  throw new Problem({
    code: 'release-branch-name',
    what: `${shortName(name)} does not name a version`,
    fix: `git branch -m ${quotedName(name)} ${config.branches.release}${tagOf(config.tag, '1.2.3')} (with its version)`,
    exit: EXIT.refused,
  });
}
