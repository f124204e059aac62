import type { Step } from '../../core/plan.ts';
import { EXIT, Problem, refuseIfAny } from '../../core/problem.ts';
import { shellQuote } from '../../core/shell-quote.ts';
import { shortName } from '../branches.ts';
import { tipOf } from '../catch-up.ts';
import { toldCatchingUp } from '../describe-steps.ts';
import type { ReleaseDetails, ReleasePlan } from '../plan-types.ts';
import { behindRefusals } from '../refusals.ts';
import { tagNames } from '../tags.ts';
import type { Proposal } from './find-proposal.ts';
import type { MergedFacts } from './look-merged.ts';

/**
 * The second half of a proposed release: tags on what main holds now, merged back, pushed; the branch deleted. Pure.
 * @throws Problem, Refusals
 */
export function planConclusion(plan: ReleasePlan, proposal: Proposal, facts: MergedFacts, now: Date): ReleasePlan {
  const { details } = plan;
  const { refs, published, merged, mainTip } = facts;
  refuseIfAny(refusals(details, facts));
  const branch = proposal.proposed.branch.name;
  const back = details.back.flatMap(({ name }) => refs.get(name) ?? []).map(tipOf);
  const main = refs.get(details.main?.name ?? '');
  const here = main === undefined ? undefined : tipOf(main);
  const names = [branch, ...back.map(({ name }) => name), ...(here === undefined ? [] : [here.name])];
  const worktrees = names.flatMap((ref) => {
    const path = refs.get(ref)?.worktree;
    return path === undefined ? [] : [{ path, ref }];
  });
  const { line, finishesLine, remote } = details;
  const there = published.get(branch);
  const lineTip = there === proposal.release || there === facts.head ? there : undefined;
  const [, zone = '+0000'] = details.identity.when.split(' ');
  const concluded: ReleaseDetails = {
    ...details,
    packages: facts.packages,
    // What was merged with the pull request is not lost with the branch.
    line: {
      name: branch,
      id: refs.get(branch)?.id === facts.head ? (facts.head ?? proposal.release) : proposal.release,
    },
    finishesLine: true,
    ...(here === undefined ? {} : { main: here }),
    back,
    worktrees,
    identity: { ...details.identity, when: `${Math.floor(now.getTime() / 1000)} ${zone}` },
    ...(remote === undefined ? {} : { remote: { ...remote, lineTip } }),
  };
  const pullRequest = {
    stage: 'concluded',
    proposal: { line, finishesLine, worktrees: details.worktrees, remote, proposed: proposal.proposed },
    merged,
    mainTip,
  } as const;
  const github = details.github === undefined ? undefined : { ...details.github, pullRequest };
  return {
    ...plan,
    steps: describeConclusion(concluded),
    details: { ...concluded, ...(github === undefined ? {} : { github }) },
  };
}

function describeConclusion(details: ReleaseDetails): readonly Step[] {
  const { back, worktrees, remote, line } = details;
  const names = [...back.map(({ name }) => shortName(name)), tagNames(details)].join(', ');
  const paths = [...new Set(worktrees.map(({ path }) => path))];
  return [
    {
      id: 'refs',
      title: `Tag what was merged with ${tagNames(details)}, and merge it back`,
      details: [names, ...back.flatMap((tip) => toldCatchingUp(tip, remote?.name))],
    },
    ...(paths.length > 0 ? [{ id: 'worktrees', title: 'Bring the checked-out files along', details: paths }] : []),
    { id: 'push', title: `Push ${names} to ${remote?.name}, all or nothing`, details: [remote?.url ?? ''] },
    { id: 'tidy', title: `Delete ${shortName(line.name)}, which is merged` },
  ];
}

function refusals(details: ReleaseDetails, { refs, published, ahead }: MergedFacts): readonly Problem[] {
  const remote = details.remote?.name ?? 'origin';
  const refuse = (code: string, what: string, fix: string) => new Problem({ code, what, fix, exit: EXIT.refused });
  const behind = behindRefusals(refs, { name: remote, ahead }, 'tagship release continue');
  const taken = details.tags.flatMap(({ name }) => {
    const ref = `refs/tags/${name}`;
    if (!refs.has(ref) && !published.has(ref)) return [];
    return [refuse('tag-exists', `the tag ${name} exists already`, `see what it is: git show ${shellQuote(name)}`)];
  });
  return [...behind, ...taken];
}
