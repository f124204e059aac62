import type { ReleaseConfig } from '../config/schema.ts';
import { shellQuote } from '../core/shell-quote.ts';
import type { Ref } from './facts.ts';

/** Full names of the branches of git flow, as this project calls them. */
export function branchNames({ branches }: ReleaseConfig) {
  const head = (name: string) => `refs/heads/${name}`;
  return {
    main: head(branches.main),
    develop: head(branches.develop),
    release: (tag: string) => head(`${branches.release}${tag}`),
    hotfix: (name: string) => head(`${branches.hotfix}${name}`),
  };
}

export const shortName = (ref: string) => ref.replace(/^refs\/(heads|tags)\//, '');

/** A branch's or tag's short name as a word of a command to type: names may hold what a shell would obey. */
export const quotedName = (ref: string) => shellQuote(shortName(ref));

/** Release branches that are open here, by name. */
export function openReleaseBranches(refs: ReadonlyMap<string, Ref>, { branches }: ReleaseConfig): readonly Ref[] {
  return [...refs.values()].filter(({ name }) => name.startsWith(`refs/heads/${branches.release}`));
}

/**
 * Whether git takes it as a branch name (git-check-ref-format(1)), and no option or path trick hides in it. A second
 * dash, slash or dot is fine, a leading one is not.
 */
export function isBranchName(name: string): boolean {
  const forbidden = /^[-/.]|[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\/\.|[/.]$|\.lock(\/|$)/;
  return name.length > 0 && name.length <= 200 && name !== '@' && !forbidden.test(name);
}

/** A branch that leaves no room for this name: git keeps branches as files, and a file is no folder. */
export function clashingBranch(refs: ReadonlyMap<string, Ref>, name: string): string | undefined {
  return [...refs.keys()].find((other) => name.startsWith(`${other}/`) || other.startsWith(`${name}/`));
}
