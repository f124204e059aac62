import type { ReleaseConfig } from '../config/schema.ts';
import { EXIT, Problem } from '../core/problem.ts';
import { shellQuote } from '../core/shell-quote.ts';
import { tagOf, versionOfTag } from '../core/tag-name.ts';
import { branchNames, openReleaseBranches, quotedName, shortName } from './branches.ts';
import type { Ref, ReleaseFacts } from './facts.ts';

/** Hotfix branches that are open here. */
export function openHotfixes(refs: ReadonlyMap<string, Ref>, config: ReleaseConfig): readonly Ref[] {
  const prefix = branchNames(config).hotfix('');
  return [...refs.values()].filter(({ name }) => name.startsWith(prefix));
}

/** The version a release branch is for, by its name; undefined when that names none. */
export function versionInName(name: string, config: ReleaseConfig): string | undefined {
  const rest = shortName(name).slice(config.branches.release.length);
  return versionOfTag(config.tag, rest) ?? versionOfTag('{version}', rest);
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
    const version = versionInName(name, config);
    if (version === undefined) return [];
    const tag = `refs/tags/${tagOf(config.tag, version)}`;
    return refs.has(tag) || remote.refs.has(tag) ? [] : [{ name, version }];
  };
  const here = openReleaseBranches(refs, config).flatMap(({ name }) => open(name));
  const published = [...remote.refs.keys()].filter((name) => name.startsWith(branchNames(config).release('')));
  const there = published.filter((name) => !refs.has(name)).flatMap(open);
  const refuse = (what: string, fix: string) => new Problem({ code: 'release-open', what, fix, exit: EXIT.refused });
  return [
    ...here.map(({ name, version }) =>
      refuse(
        `the release branch ${shortName(name)} is open`,
        `tagship release finish ${shellQuote(version)} (or, to give it up: tagship release abort)`,
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
