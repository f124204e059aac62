import { EXIT, Problem } from '../../core/problem.ts';
import { shortName } from '../branches.ts';
import type { FrozenRelease, ReleaseState } from '../journal.ts';
import type { ReleasePorts } from '../ports.ts';
import { publishedAt, pushBranch } from '../push.ts';
import { tagNames } from '../tags.ts';
import { findProposal, isOwn, proposalOf } from './find-proposal.ts';
import { lookAtMerged, VERSION_CHANGED } from './look-merged.ts';

type Ports = Pick<ReleasePorts, 'git' | 'github' | 'report'>;

/**
 * A release that main has taken in is only gone on with.
 * @throws Problem `already-merged` (exit 3), and those of GitHub
 */
export async function refuseMerged(ports: Ports, state: ReleaseState): Promise<void> {
  const { plan } = state.plan;
  const { pullRequest } = plan.details.github ?? {};
  const proposal = proposalOf(state.plan);
  const wasProposed = state.done.has('propose') || state.unfinished === 'propose';
  if (pullRequest === undefined || (proposal !== undefined && !wasProposed)) return;
  if (proposal !== undefined && !(await isMerged(ports, state.plan))) return;
  throw new Problem({
    code: 'already-merged',
    what: `${shortName(plan.details.main?.name ?? '')} has ${tagNames(plan.details)} already; what is merged is not taken back`,
    fix: 'tagship release continue, then mend it with: tagship hotfix <name>',
    exit: EXIT.refused,
  });
}

async function isMerged(ports: Ports, frozen: FrozenRelease): Promise<boolean> {
  const proposal = proposalOf(frozen);
  if (proposal === undefined) return false;
  try {
    await lookAtMerged(ports, frozen, proposal);
    return true;
  } catch (error) {
    // Merged with another version it can never be concluded: then giving it up is the only way on.
    if (error instanceof Problem && [...UNMERGED, VERSION_CHANGED].includes(error.code)) return false;
    throw error;
  }
}

const UNMERGED: readonly string[] = ['pull-request-open', 'pull-request-closed', 'pull-request-missing'];

/**
 * Takes a proposal back where others see it: closes the pull request if this release opened it, and puts the branch
 * back if it still holds what this release pushed. Doing it twice does nothing the second time.
 */
export async function withdraw({ git, github, report }: Ports, state: ReleaseState): Promise<void> {
  const { details } = state.plan.plan;
  const proposal = proposalOf(state.plan);
  if (proposal === undefined || details.github === undefined) return;
  if (!state.done.has('propose') && state.unfinished !== 'propose') return;
  const { proposed, release } = proposal;
  const { name, there } = proposed.branch;
  const site = await github(details.github.address);
  const request = await findProposal(site, proposal);
  if (request?.state === 'open' && isOwn(request, proposed)) await site.closePullRequest(request.number);
  const now = (await publishedAt(git, details, [name])).get(name);
  if (now === release) await pushBranch(git, details, { name, from: release, to: there });
  else if (now !== undefined && now !== there) {
    const text = `  left alone, it has moved on since: ${shortName(name)} on ${details.remote?.name}`;
    report({ type: 'note', text });
  }
}
