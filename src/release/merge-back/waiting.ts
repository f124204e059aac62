import type { ReleaseConfig } from '../../config/schema.ts';
import type { Git } from '../../io/ports.ts';
import { branchNames, openReleaseBranches, quotedName } from '../branches.ts';
import type { Ref } from '../facts.ts';
import { trackingRef } from '../push.ts';
import { MERGE_BACK } from '../refs.ts';

/** A release whose merge back needs a person, and waits in a branch of its own. */
export interface WaitingMergeBack {
  readonly branch: Ref;
  /** The release's tag. */
  readonly tag: string;
  /** Branches, full names, that lack it as far as is known here; none once it is merged. */
  readonly into: readonly string[];
}

/** Told by ancestry alone, so that a merge made by hand, here or elsewhere, is one. */
export async function waitingMergesBack(
  git: Git,
  refs: ReadonlyMap<string, Ref>,
  config: ReleaseConfig,
): Promise<readonly WaitingMergeBack[]> {
  const found: WaitingMergeBack[] = [];
  const targets = [branchNames(config).develop, ...openReleaseBranches(refs, config).map(({ name }) => name)];
  for (const branch of refs.values()) {
    if (!branch.name.startsWith(MERGE_BACK)) continue;
    const into: string[] = [];
    for (const name of targets.filter((target) => refs.has(target)))
      if (!(await isIn(git, config, name, branch.id))) into.push(name);
    found.push({ branch, tag: branch.name.slice(MERGE_BACK.length), into });
  }
  return found;
}

/** Here, or on the remote when it was last fetched. */
async function isIn(git: Git, { remote }: ReleaseConfig, branch: string, commit: string): Promise<boolean> {
  return (
    (await git.isAncestor(commit, branch)) ||
    (await git.isAncestor(commit, trackingRef({ remote: { name: remote } }, branch)))
  );
}

/** The commands that merge it. */
export function mergeByHand(branch: string, into: readonly string[]): string {
  const merges = into.map((name) => `git switch ${quotedName(name)} && git merge ${quotedName(branch)}`);
  return `${merges.join(', and ')}, resolve, commit, push`;
}
