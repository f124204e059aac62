import { Problem } from '../core/problem.ts';
import { shellQuote } from '../core/shell-quote.ts';
import type { PullRequest } from '../io/ports.ts';
import { shortName } from '../release/branches.ts';
import { localRefs } from '../release/look.ts';
import { lookAtMergeBack } from '../release/merge-back/look.ts';
import { planMergeBack } from '../release/merge-back/plan.ts';
import { openRequest } from '../release/merge-back/request.ts';
import { mergeByHand, type WaitingMergeBack, waitingMergesBack } from '../release/merge-back/waiting.ts';
import type { Context } from './command.ts';
import { githubSite } from './github-site.ts';
import type { ReleaseWorkshop } from './release-workshop.ts';
import { printable } from './render.ts';

/** A merge back into one branch that waits: with its pull request, or why there is none. */
export interface MergeBackOutcome {
  readonly branch: string;
  readonly into: string;
  readonly pullRequest?: ShownRequest;
  readonly failed?: string;
}

export type ShownRequest = Pick<PullRequest, 'number' | 'url' | 'state'>;

export const shownRequest = ({ number, url, state }: PullRequest): ShownRequest => ({ number, url, state });

/**
 * Tells which merges back of these releases wait, and opens a pull request for each where the repository is on GitHub.
 * The releases are out: whatever fails here is a warning with the command that repeats it.
 */
export async function followMergesBack(
  context: Context,
  workshop: ReleaseWorkshop,
  tags: readonly string[],
): Promise<readonly MergeBackOutcome[]> {
  const outcomes: MergeBackOutcome[] = [];
  try {
    const { git } = workshop.ports;
    const waiting = await waitingMergesBack(git, await localRefs(git), workshop.config.release);
    for (const one of waiting.filter(({ tag }) => tags.includes(tag)))
      outcomes.push(...tell(context, one, await propose(workshop, one)));
  } catch (error) {
    context.terminal.err(`  ! it is not known what waits to be merged back: ${printable(reasonOf(error))}\n`);
    context.terminal.err('    next: tagship release status\n');
  }
  return outcomes;
}

function tell({ terminal }: Context, one: WaitingMergeBack, { opened, failed }: Proposed): MergeBackOutcome[] {
  const next = printable(`tagship release continue ${shellQuote(one.tag)}`);
  const outcomes = one.into.map((into) => {
    const request = opened.get(into);
    terminal.err(`${printable(lineOf(one, into, request))}\n`);
    if (request !== undefined) terminal.err(`    next: merge it with a merge commit, then: ${next}\n`);
    return {
      branch: shortName(one.branch.name),
      into: shortName(into),
      ...(request === undefined ? {} : { pullRequest: shownRequest(request) }),
      ...(failed === undefined || request !== undefined ? {} : { failed }),
    };
  });
  if (failed !== undefined)
    terminal.err(`  ! there is no pull request for it yet: ${printable(failed)}\n    next: ${next}\n`);
  return outcomes;
}

function lineOf({ branch, tag }: WaitingMergeBack, into: string, request: PullRequest | undefined): string {
  const how =
    request === undefined
      ? `next: ${mergeByHand(branch.name, [into])}`
      : `pull request #${request.number}: ${request.url}`;
  return `  ${tag} is not in ${shortName(into)} yet; ${how}`;
}

interface Proposed {
  /** By the branch that they go to, full name. */
  readonly opened: ReadonlyMap<string, PullRequest>;
  readonly failed: string | undefined;
}

async function propose(workshop: ReleaseWorkshop, waiting: WaitingMergeBack): Promise<Proposed> {
  const opened = new Map<string, PullRequest>();
  try {
    const site = await githubSite(workshop);
    if (site === undefined) return { opened, failed: undefined };
    const { release: config } = workshop.config;
    const facts = await lookAtMergeBack(workshop.ports.git, site, waiting, config);
    for (const { name, request } of facts.targets) if (request?.state === 'open') opened.set(name, request);
    const { open } = planMergeBack(facts, { remote: config.remote, onGitHub: true });
    for (const wanted of open) opened.set(wanted.into, await openRequest(site, wanted));
    return { opened, failed: undefined };
  } catch (error) {
    return { opened, failed: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Problem ? [error.what, error.why ?? []].flat().join(': ') : String(error);
}
