import type { ReleaseConfig } from '../config/schema.ts';
import { EXIT, Problem } from '../core/problem.ts';
import { shellQuote } from '../core/shell-quote.ts';
import { namesPackage, readTag, type TaggedVersion, tagOf, versionOfTag } from '../core/tag-name.ts';
import { branchNames, openReleaseBranches, quotedName, shortName } from './branches.ts';
import type { Ref, ReleaseFacts } from './facts.ts';

/** Hotfix branches that are open here. */
export function openHotfixes(refs: ReadonlyMap<string, Ref>, config: ReleaseConfig): readonly Ref[] {
  const prefix = branchNames(config).hotfix('');
  return [...refs.values()].filter(({ name }) => name.startsWith(prefix));
}

/** The release that a release branch is for. */
export interface NamedRelease extends TaggedVersion {
  readonly tag: string;
  /** What to type to mean it: the version, or the tag where packages have each their own. */
  readonly word: string;
}

/** Reads it in the branch's name; undefined when that names none. */
export function releaseInName(name: string, { branches, tag: format }: ReleaseConfig): NamedRelease | undefined {
  const rest = shortName(name).slice(branches.release.length);
  const tagged = readTag(format, rest);
  if (tagged?.name !== undefined) return { ...tagged, tag: rest, word: rest };
  const version = tagged?.version ?? (namesPackage(format) ? undefined : versionOfTag('{version}', rest));
  return version === undefined ? undefined : { name: undefined, version, tag: tagOf(format, version), word: version };
}

/**
 * One release branch at a time, as in git flow: a release from develop would overtake it, and take what it is being
 * tested for. One that was released already, and only not deleted, is in nobody's way.
 */
export function releaseOpenRefusals(
  { refs, remote, line }: Pick<ReleaseFacts, 'refs' | 'remote' | 'line'>,
  config: ReleaseConfig,
): readonly Problem[] {
  if (line !== branchNames(config).develop) return [];
  const open = (name: string) => {
    const release = releaseInName(name, config);
    if (release === undefined) return [];
    const tag = `refs/tags/${release.tag}`;
    return refs.has(tag) || remote.refs.has(tag) ? [] : [{ name, word: release.word }];
  };
  const here = openReleaseBranches(refs, config).flatMap(({ name }) => open(name));
  const published = [...remote.refs.keys()].filter((name) => name.startsWith(branchNames(config).release('')));
  const there = published.filter((name) => !refs.has(name)).flatMap(open);
  const refuse = (what: string, fix: string) => new Problem({ code: 'release-open', what, fix, exit: EXIT.refused });
  return [
    ...here.map(({ name, word }) =>
      refuse(
        `the release branch ${shortName(name)} is open`,
        `tagship release finish ${shellQuote(word)} (or, to give it up: tagship release abort)`,
      ),
    ),
    ...there.map(({ name }) =>
      refuse(
        `the release branch ${shortName(name)} is open on ${remote.name}`,
        `git fetch ${remote.name} && git switch ${quotedName(name)}, then: tagship release finish`,
      ),
    ),
  ];
}
