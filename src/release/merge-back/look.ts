import type { ReleaseConfig } from '../../config/schema.ts';
import type { Git, GitHub, PullRequest } from '../../io/ports.ts';
import { branchNames } from '../branches.ts';
import { fetchQuietly, unreadableRemote } from '../fetch-quietly.ts';
import { lookAtRemote, UNASKED } from '../look-remote.ts';
import { lookAtPushTarget } from '../push-target.ts';
import { findRequest } from './request.ts';
import type { WaitingMergeBack } from './waiting.ts';

/** What became of a merge back that waits. */
export interface MergeBackFacts extends WaitingMergeBack {
  /** Tip of its branch on the remote; undefined where it is not there. */
  readonly published: string | undefined;
  /** The branches that lacked it. */
  readonly targets: readonly MergeBackTarget[];
  /** Whether every commit of its branch, here and on the remote, is elsewhere too: only then may it be deleted. */
  readonly spare: { readonly here: boolean; readonly there: boolean };
}

export interface MergeBackTarget {
  /** Full name. */
  readonly name: string;
  readonly published: boolean;
  readonly request: PullRequest | undefined;
  /** Whether the branch holds what the pull request had, when that is merged: squashed or rebased it does not. */
  readonly joined: boolean;
}

/**
 * Asks the remote, and GitHub where the repository is there. Changes nothing but the objects that are here.
 * @throws Problem `remote-unreachable`, those of GitHub
 */
export async function lookAtMergeBack(
  git: Git,
  site: GitHub | undefined,
  waiting: WaitingMergeBack,
  config: ReleaseConfig,
): Promise<MergeBackFacts> {
  const { branch, tag, into } = waiting;
  const { ask, urls } = await lookAtPushTarget(git, config.remote);
  const { refs, unreachable } = urls.length === 0 ? UNASKED : await lookAtRemote(git, ask);
  if (unreachable !== undefined) throw unreadableRemote(config.remote, unreachable);
  const targets: MergeBackTarget[] = [];
  for (const name of into) {
    const tip = refs.get(name);
    const request = site === undefined ? undefined : await findRequest(site, { tag, branch: branch.name, into: name });
    if (tip !== undefined) await fetchQuietly(git, ask, name, tip);
    const joined = tip !== undefined && (await git.isAncestor(request?.head ?? branch.id, tip));
    targets.push({ name, published: tip !== undefined, request, joined });
  }
  const published = refs.get(branch.name);
  const merged = targets.flatMap(({ request }) => (request?.state === 'merged' ? request.head : []));
  const develop = branchNames(config).develop;
  const homes = [`refs/tags/${tag}`, develop, ...[develop, ...into].flatMap((name) => refs.get(name) ?? [])];
  const isSpare = async (commit: string) => merged.includes(commit) || (await isInOne(git, homes, commit));
  const spare = { here: await isSpare(branch.id), there: published !== undefined && (await isSpare(published)) };
  return { ...waiting, published, targets, spare };
}

async function isInOne(git: Git, homes: readonly string[], commit: string): Promise<boolean> {
  for (const home of homes) if (await git.isAncestor(commit, home)) return true;
  return false;
}
