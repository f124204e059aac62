import type { Config } from '../config/schema.ts';
import { EXIT, type ExitCode } from '../core/problem.ts';
import type { Announcement } from '../io/webhook.ts';
import { shortName } from '../release/branches.ts';
import { findProposal, type Proposal, proposalOf } from '../release/github/find-proposal.ts';
import type { FrozenRelease } from '../release/journal.ts';
import { mergeByHand } from '../release/merge-back/waiting.ts';
import type { ReleaseDetails, ReleaseObjects } from '../release/plan-types.ts';
import { mergeBackBranch } from '../release/refs.ts';
import { tagNames } from '../release/tags.ts';
import { announce } from './announce.ts';
import type { Context } from './command.ts';
import { followMergesBack, type MergeBackOutcome } from './follow-merge-back.ts';
import { followOnGitHub, type GitHubOutcome } from './github-release.ts';
import type { ReleaseWorkshop } from './release-workshop.ts';
import { printable } from './render.ts';

/** Says how a release, or its proposal, ended; of a release the web hooks are told too. */
export async function tellOutcome(
  context: Context,
  workshop: ReleaseWorkshop,
  frozen: FrozenRelease,
): Promise<ExitCode> {
  const { ports, config } = workshop;
  const { details } = frozen.plan;
  const proposal = proposalOf(frozen);
  if (proposal !== undefined) {
    await tellProposed(context, ports, details, proposal);
    return EXIT.done;
  }
  tellReleased(context, details);
  const mergeBack = await tellPostponed(context, workshop, details, frozen.objects);
  const github = details.remote === undefined ? [] : await followOnGitHub(context, workshop, details.tags);
  if (context.json)
    context.terminal.out(`${JSON.stringify(released(details, frozen.objects, { mergeBack, github }))}\n`);
  await notify(context, config, details);
  return EXIT.done;
}

async function tellProposed(
  { terminal, json }: Context,
  { github }: ReleaseWorkshop['ports'],
  details: ReleaseDetails,
  proposal: Proposal,
): Promise<void> {
  if (json && details.github !== undefined) {
    const request = await findProposal(await github(details.github.address), proposal);
    const { packages } = details;
    const branch = shortName(proposal.proposed.branch.name);
    terminal.out(`${JSON.stringify({ outcome: 'proposed', packages, branch, pullRequest: request?.url })}\n`);
  }
  terminal.err(`${tagNames(details)} is proposed; once it is merged: tagship release continue\n`);
}

/** The release as its one JSON document. */
function released(
  details: ReleaseDetails,
  objects: ReleaseObjects,
  after: { readonly mergeBack: readonly MergeBackOutcome[]; readonly github: readonly GitHubOutcome[] },
) {
  return {
    outcome: 'released',
    packages: details.packages,
    tags: details.tags.map(({ name, version, notes }) => ({ name, version, notes })),
    commit: objects.target,
    pushed: details.remote !== undefined,
    postponed: objects.postponed.map(shortName),
    ...after,
  };
}

function tellReleased({ terminal }: Context, details: ReleaseDetails): void {
  const { remote } = details;
  const pushed = remote !== undefined;
  const names = tagNames(details);
  const are = details.tags.length === 1 ? 'is' : 'are';
  terminal.err(
    `${names} ${are} released ${pushed ? `and on ${remote.name}` : 'on this machine; next: tagship release publish'}\n`,
  );
}

/** Pull requests follow what is published; what stays on this machine is merged here. */
async function tellPostponed(
  context: Context,
  workshop: ReleaseWorkshop,
  details: ReleaseDetails,
  { postponed }: ReleaseObjects,
): Promise<readonly MergeBackOutcome[]> {
  if (postponed.length === 0) return [];
  if (details.remote !== undefined) return followMergesBack(context, workshop, [details.tags[0].name]);
  const next = mergeByHand(mergeBackBranch(details), postponed);
  context.terminal.err(`  it is not in ${postponed.map(shortName).join(', ')} yet; next: ${printable(next)}\n`);
  return [];
}

/** Tells the configured web hooks of every tag. */
async function notify({ terminal }: Context, { notify: hooks }: Config, details: ReleaseDetails): Promise<void> {
  // A release that stays on this machine is nobody's news.
  if (details.remote === undefined) return;
  const announcements = details.tags.map(({ name, version, notes }): Announcement => {
    return { event: 'released', tag: name, version, notes, text: `${name} is released` };
  });
  await announce(terminal, hooks, announcements);
}
