import { Problem } from '../core/problem.ts';
import { shellQuote } from '../core/shell-quote.ts';
import type { GitHub } from '../io/ports.ts';
import { shortName } from '../release/branches.ts';
import type { Ref } from '../release/facts.ts';
import { findRequest } from '../release/merge-back/request.ts';
import { mergeByHand, type WaitingMergeBack, waitingMergesBack } from '../release/merge-back/waiting.ts';
import { type ShownRequest, shownRequest } from './follow-merge-back.ts';
import { githubSite } from './github-site.ts';
import type { ReleaseWorkshop } from './release-workshop.ts';

/** A release that waits to be merged back, as `release status` tells it. */
export interface OpenMergeBack {
  readonly branch: string;
  readonly next: string;
  readonly pullRequests: readonly (ShownRequest & { readonly into: string })[];
}

/** @returns them, and why GitHub could not be asked about their pull requests, if it could not */
export async function openMergesBack(
  workshop: ReleaseWorkshop,
  refs: ReadonlyMap<string, Ref>,
): Promise<{ readonly merges: readonly OpenMergeBack[]; readonly unasked: string | undefined }> {
  const waiting = await waitingMergesBack(workshop.ports.git, refs, workshop.config.release);
  const asking = waiting.some(({ into }) => into.length > 0);
  let unasked: string | undefined;
  const unlessItFails = (error: unknown) => {
    if (!(error instanceof Problem)) throw error;
    unasked ??= error.what;
    return undefined;
  };
  const site = asking ? await githubSite(workshop).catch(unlessItFails) : undefined;
  const merges: OpenMergeBack[] = [];
  for (const one of waiting) {
    const requests = site === undefined ? [] : ((await requestsOf(site, one).catch(unlessItFails)) ?? []);
    merges.push({ branch: shortName(one.branch.name), next: nextOf(one, requests), pullRequests: requests });
  }
  return { merges, unasked };
}

async function requestsOf(
  site: GitHub,
  { branch, tag, into }: WaitingMergeBack,
): Promise<OpenMergeBack['pullRequests']> {
  const found = await Promise.all(
    into.map(async (name) => {
      const request = await findRequest(site, { tag, branch: branch.name, into: name });
      return request === undefined ? [] : [{ into: shortName(name), ...shownRequest(request) }];
    }),
  );
  return found.flat();
}

function nextOf({ branch, tag, into }: WaitingMergeBack, requests: OpenMergeBack['pullRequests']): string {
  const then = `tagship release continue ${shellQuote(tag)}`;
  const open = requests.filter(({ state }) => state === 'open');
  if (open.length > 0) return `merge ${open.map(({ url }) => url).join(', ')}, then: ${then}`;
  const done = requests.filter(({ state }) => state === 'merged').length === into.length;
  return done ? then : `${mergeByHand(branch.name, into)}, then: ${then}`;
}
