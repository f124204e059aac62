import { putBack } from '../abort.ts';
import { commit } from '../commit.ts';
import { draftObjects } from '../draft/draft-objects.ts';
import type { FrozenRelease, ReleaseState } from '../journal.ts';
import { makeTags, mergesBack } from '../objects.ts';
import type { Concluded, ReleaseDetails, ReleaseObjects, ReleasePlan } from '../plan-types.ts';
import type { ReleasePorts } from '../ports.ts';
import { probePublished } from '../push.ts';
import { releaseMoves } from '../refs.ts';
import { at } from '../run-steps.ts';
import { takeUp } from '../waiting.ts';
import { checkWorktrees } from '../worktrees.ts';
import { type Proposal, proposalOf } from './find-proposal.ts';
import { lookAtMerged } from './look-merged.ts';
import { planConclusion } from './plan-conclusion.ts';

/**
 * The state to go on with: of a proposal that is through, its conclusion, planned, built and written down as the plan
 * that counts from here on; of a conclusion that failed before anyone saw it, a new one. Any other stays as it is.
 * @throws Problem as `lookAtMerged`, Refusals; nothing has changed then
 */
export async function concludeIfMerged(ports: ReleasePorts, state: ReleaseState): Promise<ReleaseState> {
  const proposed = proposalOf(state.plan);
  if (proposed !== undefined && state.done.has('propose')) {
    const conclusion = await planAndBuild(ports, state.plan.plan, proposed);
    await takeUp(ports, state);
    return goOnWith(ports, conclusion);
  }
  const concluded = state.plan.plan.details.github?.pullRequest;
  if (concluded?.stage !== 'concluded' || !(await failedUnseen(ports, state))) return state;
  await putBack(ports, state, `tagship: plan ${state.plan.plan.title} again`);
  const release = { proposed: concluded.proposal.proposed, release: state.plan.objects.release };
  return goOnWith(ports, await planAndBuild(ports, asProposed(state.plan.plan, concluded), release));
}

/** Its push was refused, or never came: then others may have moved on, and what was built is out of date. */
async function failedUnseen({ git }: ReleasePorts, { plan, failure, done }: ReleaseState): Promise<boolean> {
  if (failure === undefined || done.has('push')) return false;
  return (await probePublished(git, plan.plan.details, plan.objects.tags)) === 'absent';
}

async function planAndBuild(ports: ReleasePorts, plan: ReleasePlan, proposal: Proposal): Promise<FrozenRelease> {
  const facts = await lookAtMerged(ports, { plan }, proposal);
  const conclusion = planConclusion(plan, proposal, facts, ports.clock.now());
  const objects = await build(ports, conclusion.details, proposal.release, facts.merged);
  await checkWorktrees(ports, releaseMoves(conclusion.details, objects), conclusion.details.worktrees);
  return { plan: conclusion, objects };
}

async function goOnWith(ports: ReleasePorts, frozen: FrozenRelease): Promise<ReleaseState> {
  const owner = ports.processes.own();
  await ports.journal.append({ type: 'plan', at: at(ports), plan: frozen, owner });
  return {
    plan: frozen,
    owners: [owner],
    done: new Set(),
    unfinished: undefined,
    failure: undefined,
    aborting: false,
    closed: undefined,
  };
}

async function build(
  { git, files, commonDir }: ReleasePorts,
  details: ReleaseDetails,
  release: string,
  merged: string,
): Promise<ReleaseObjects> {
  const draft = draftObjects(git, merged);
  const ports = { git, files, commonDir, draft };
  const tree = (await git.run(['rev-parse', '--verify', `${merged}^{tree}`])).trim();
  const tags = await makeTags(ports, details, merged);
  // Squashed or rebased, main's commit has none of the release's history: merged as it is, all of it would look new.
  const contents = (await git.isAncestor(release, merged))
    ? merged
    : await commit(ports, details, tree, [release], details.messages.toMain);
  const back = await mergesBack(ports, details, { target: merged, tree, contents });
  const built = { release, target: merged, tags, ...back };
  // For whoever merges by hand the same: on the history that the branches know.
  const waiting =
    contents === merged || back.postponed.length === 0
      ? {}
      : { waiting: await commit(ports, details, tree, [merged, contents], details.messages.toMain) };
  await draft.write();
  return { ...built, ...waiting };
}

/** The first half again, to plan the second anew. */
function asProposed(plan: ReleasePlan, { proposal }: Concluded): ReleasePlan {
  const { proposed, ...rest } = proposal;
  const { details } = plan;
  const github = details.github === undefined ? {} : { github: { ...details.github, pullRequest: proposed } };
  return { ...plan, details: { ...details, ...rest, ...github } };
}
