import type { GitHub, PullRequest } from '../../io/ports.ts';
import { shortName } from '../branches.ts';
import type { FrozenRelease } from '../journal.ts';
import type { Proposed } from '../plan-types.ts';

/** The two halves of a proposed release that a search goes by. */
export interface Proposal {
  readonly proposed: Proposed;
  /** The version commit. */
  readonly release: string;
}

/** Undefined for a release that is not proposed, or no longer. */
export function proposalOf({ plan, objects }: FrozenRelease): Proposal | undefined {
  const pullRequest = plan.details.github?.pullRequest;
  return pullRequest?.stage === 'proposed' ? { proposed: pullRequest, release: objects.release } : undefined;
}

/**
 * The pull request that proposes this release: the one with its mark, or one that somebody opened for the branch by
 * hand, or one whose text was rewritten.
 */
export async function findProposal(github: GitHub, { proposed, release }: Proposal): Promise<PullRequest | undefined> {
  const all = await github.pullRequestsOf(shortName(proposed.branch.name));
  return (
    all.find((one) => isOwn(one, proposed)) ??
    all.find(({ state }) => state === 'open') ??
    all.find(({ head }) => head === release)
  );
}

/** Whether this release opened it: only then may it close it. */
export const isOwn = ({ body }: PullRequest, { mark }: Proposed) => body.includes(mark);
