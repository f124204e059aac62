import type { ReleaseConfig } from '../config/schema.ts';
import { EXIT, Problem } from '../core/problem.ts';
import { shellQuote } from '../core/shell-quote.ts';
import { exampleTag } from '../core/tag-name.ts';
import { openReleaseBranches, quotedName, shortName } from './branches.ts';
import type { Ref } from './facts.ts';
import { type NamedRelease, releaseInName } from './open-branches.ts';

/**
 * The open release branch to finish.
 * @param word its version or tag, when several are open
 * @throws Problem `no-release-branch`, `several-release-branches`
 */
export function chooseReleaseBranch(
  refs: ReadonlyMap<string, Ref>,
  config: ReleaseConfig,
  word: string | undefined,
): Ref {
  const found = openReleaseBranches(refs, config);
  // One whose name is no release can only be finished under another name.
  const named = found.filter(({ name }) => releaseInName(name, config) !== undefined);
  const open = word === undefined && named.length > 0 ? named : found;
  const isMeant = ({ name }: Ref) => {
    const release = releaseInName(name, config);
    return release !== undefined && [release.tag, release.version, `v${release.version}`].includes(word ?? '');
  };
  const candidates = word === undefined ? open : open.filter(isMeant);
  const [branch] = candidates;
  if (branch !== undefined && candidates.length === 1) return branch;
  const names = open.map(({ name }) => shortName(name));
  if (candidates.length > 1) {
    throw new Problem({
      code: 'several-release-branches',
      what: 'several releases are open',
      why: names.join('\n'),
      fix: `name one: tagship release finish ${shellQuote(releaseOfBranch(candidates[0]?.name ?? '', config).word)}`,
      exit: EXIT.refused,
    });
  }
  throw new Problem({
    code: 'no-release-branch',
    what: word === undefined ? 'no release is open' : `no release ${word} is open`,
    ...(names.length > 0 ? { why: `open: ${names.join(', ')}` } : {}),
    fix: 'tagship release start minor (or release at once: tagship release minor)',
    exit: EXIT.refused,
  });
}

/** The release that a release branch is for, by its name. @throws Problem `release-branch-name` */
export function releaseOfBranch(name: string, config: ReleaseConfig): NamedRelease {
  const release = releaseInName(name, config);
  if (release !== undefined) return release;
  throw new Problem({
    code: 'release-branch-name',
    what: `${shortName(name)} does not name a release`,
    fix: `${namingVersion(name, config)}, then the same command again`,
    exit: EXIT.refused,
  });
}

/** The command that gives such a branch the version in its name that it needs. */
export function namingVersion(name: string, config: ReleaseConfig): string {
  return `git branch -m ${quotedName(name)} ${config.branches.release}${exampleTag(config.tag)} (with its version)`;
}
