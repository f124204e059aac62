import type { GitHub, PullRequest } from '../../io/ports.ts';
import { quotedName, shortName } from '../branches.ts';
import { openOnce } from '../github/open-once.ts';

/** One merge back into one branch. */
export interface MergeBackInto {
  readonly tag: string;
  /** The branch that waits, full name. */
  readonly branch: string;
  /** Full name. */
  readonly into: string;
}

/** Its pull request: an open one, else the newest. */
export async function findRequest(site: GitHub, { branch, into }: MergeBackInto): Promise<PullRequest | undefined> {
  const all = (await site.pullRequestsOf(shortName(branch))).filter(({ base }) => base === shortName(into));
  return all.find(({ state }) => state === 'open') ?? all[0];
}

/** Opens its pull request where there is none yet. @throws Problem, those of GitHub */
export function openRequest(site: GitHub, wanted: MergeBackInto): Promise<PullRequest> {
  const { tag, branch, into } = wanted;
  return openOnce(
    () => findRequest(site, wanted),
    () =>
      site.openPullRequest({
        branch: shortName(branch),
        base: shortName(into),
        title: `Merge ${tag} back into ${shortName(into)}`,
        body: bodyOf(wanted),
      }),
  );
}

function bodyOf({ tag, branch, into }: MergeBackInto): string {
  const resolve = `git switch ${quotedName(branch)} && git merge ${quotedName(into)}`;
  return [
    `${tag} is released. Merging it back into \`${shortName(into)}\` conflicts, which needs a person:`,
    `    ${resolve}`,
    `Resolve, commit and push, then merge this with a merge commit: squashed or rebased, \`${shortName(into)}\` would not know that it has ${tag}.`,
    '',
  ].join('\n\n');
}
