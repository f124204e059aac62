import type { ReleaseConfig } from '../../config/schema.ts';
import type { Step } from '../../core/plan.ts';
import { EXIT, Problem, refuseIfAny } from '../../core/problem.ts';
import type { GitHubAddress } from '../../io/ports.ts';
import { branchNames, quotedName, shortName } from '../branches.ts';
import type { ReleaseFacts } from '../facts.ts';
import type { Proposed, ReleaseDetails, ReleasePlan } from '../plan-types.ts';
import { clashes } from '../start.ts';

/**
 * The same release by way of a pull request: its first half, up to the open pull request. A pre-release, which does not
 * go to main, needs none and stays as it is.
 * @throws Problem, Refusals
 */
export function planProposal(
  plan: ReleasePlan,
  { refs, remote }: Pick<ReleaseFacts, 'refs' | 'remote'>,
  address: GitHubAddress | undefined,
  config: ReleaseConfig,
): ReleasePlan {
  const { details } = plan;
  if (details.main === undefined) return plan;
  if (details.remote === undefined) throw unpushed();
  if (address === undefined) throw notOnGitHub(details.remote.url);
  const name = details.finishesLine ? details.line.name : branchNames(config).release(details.tags[0].name);
  if (!details.finishesLine) refuseIfAny(taken(name, refs, remote));
  const branch = {
    name,
    here: details.finishesLine ? details.line.id : undefined,
    there: details.finishesLine ? details.remote.lineTip : undefined,
  };
  const pullRequest: Proposed = { stage: 'proposed', mark: `<!-- tagship ${plan.id} -->`, branch };
  const worktrees = details.worktrees.filter(({ ref }) => ref === name);
  const proposed = { ...details, worktrees, github: { ...details.github, address, pullRequest } };
  return { ...plan, steps: describeProposal(plan.steps, proposed, pullRequest), details: proposed };
}

function describeProposal(steps: readonly Step[], details: ReleaseDetails, { branch }: Proposed): readonly Step[] {
  const [name, main] = [shortName(branch.name), shortName(details.main?.name ?? '')];
  const { remote, github } = details;
  return [
    ...steps.filter(({ id }) => id === 'build' || id === 'gates'),
    { id: 'branch', title: branch.here === undefined ? `Make ${name}` : `Put the release commit on ${name}` },
    ...steps.filter(({ id }) => id === 'worktrees' && details.worktrees.length > 0),
    {
      id: 'propose',
      title: `Push ${name} to ${remote?.name} and open a pull request to ${main}`,
      details: [`${github?.address.web}/${github?.address.owner}/${github?.address.name}`],
    },
  ];
}

function taken(
  name: string,
  refs: ReleaseFacts['refs'],
  remote: Pick<ReleaseFacts['remote'], 'name' | 'refs'>,
): readonly Problem[] {
  const refuse = (what: string, fix: string) => [new Problem({ code: 'branch-exists', what, fix, exit: EXIT.refused })];
  const branch = shortName(name);
  if (refs.has(name))
    return refuse(`${branch} exists already`, `git switch ${quotedName(name)}, then: tagship release finish --pr`);
  if (!remote.refs.has(name)) return clashes(refs, name);
  return refuse(
    `${remote.name} has a branch ${branch} already`,
    `git push --delete ${remote.name} ${quotedName(name)} (when nobody needs it)`,
  );
}

function unpushed(): Problem {
  return new Problem({
    code: 'pull-request-unpushed',
    what: 'a pull request needs a branch that is pushed',
    fix: 'leave --no-push out, or add --no-pr',
    exit: EXIT.usage,
  });
}

function notOnGitHub(url: string): Problem {
  return new Problem({
    code: 'not-on-github',
    what: 'the repository is not known to be on GitHub',
    why: url,
    fix: 'name it in tagship.yaml: github: { repository: owner/name }, then the same command again',
    exit: EXIT.refused,
  });
}
