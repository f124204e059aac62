import { EXIT, Problem } from '../../core/problem.ts';
import { shellQuote } from '../../core/shell-quote.ts';
import { quotedName, shortName } from '../branches.ts';
import type { MergeBackFacts, MergeBackTarget } from './look.ts';
import type { MergeBackInto } from './request.ts';
import { mergeByHand } from './waiting.ts';

interface MergeBackPlace {
  readonly remote: string;
  readonly onGitHub: boolean;
}

/** What is to do for a merge back that waits. */
export interface MergeBackPlan {
  /** Pull requests to open. */
  readonly open: readonly MergeBackInto[];
  /** The branch here and its tip on the remote, to be deleted once nothing waits for it. */
  readonly remove: { readonly here: boolean; readonly there: string | undefined } | undefined;
  /** Branches, short names, that have its contents but not its commits. */
  readonly squashed: readonly string[];
  /** What keeps it waiting. */
  readonly obstacles: readonly Problem[];
}

/** Pure. @param onGitHub whether pull requests can be opened */
export function planMergeBack(facts: MergeBackFacts, { remote, onGitHub }: MergeBackPlace): MergeBackPlan {
  const { branch, tag, published, targets, spare } = facts;
  const waiting = targets.filter((target) => !isMerged(target));
  const squashed = targets.filter((target) => isMerged(target) && !target.joined).map(({ name }) => shortName(name));
  if (waiting.length === 0) {
    // What was added to the branch after its merge stays.
    return {
      open: [],
      remove: { here: spare.here, there: spare.there ? published : undefined },
      squashed,
      obstacles: [],
    };
  }
  const canOpen = (target: MergeBackTarget) =>
    onGitHub && target.request === undefined && target.published && published !== undefined;
  const open = waiting.filter(canOpen).map(({ name }) => ({ tag, branch: branch.name, into: name }));
  const obstacles = waiting
    .filter((target) => !canOpen(target))
    .map((target) => obstacle(facts, target, { remote, onGitHub }));
  return { open, remove: undefined, squashed, obstacles };
}

const isMerged = ({ request, joined }: MergeBackTarget) => joined || request?.state === 'merged';

function obstacle(
  { branch, tag, published }: MergeBackFacts,
  target: MergeBackTarget,
  { remote, onGitHub }: MergeBackPlace,
): Problem {
  const { name, request } = target;
  const then = `tagship release continue ${shellQuote(tag)}`;
  const refuse = (code: string, what: string, fix: string, why?: string) =>
    new Problem({ code, what, fix, exit: EXIT.refused, ...(why === undefined ? {} : { why }) });
  const byHand = `${mergeByHand(branch.name, [name])}, then: ${then}`;
  if (request?.state === 'open') {
    const what = `pull request #${request.number}, which merges ${tag} back into ${shortName(name)}, is not merged yet`;
    return refuse('pull-request-open', what, `merge it with a merge commit, then: ${then}`, request.url);
  }
  if (request?.state === 'closed') {
    const what = `pull request #${request.number} was closed, and ${shortName(name)} does not have ${tag} yet`;
    return refuse('pull-request-closed', what, `reopen and merge it, or ${byHand}`, request.url);
  }
  const what = `${tag} is not merged back into ${shortName(name)} yet`;
  if (onGitHub && published === undefined) {
    const why = `${shortName(branch.name)} is on this machine alone, so there can be no pull request`;
    return refuse('merge-back-open', what, `git push ${remote} ${quotedName(branch.name)}, then: ${then}`, why);
  }
  return refuse('merge-back-open', what, byHand);
}
