import { posix } from 'node:path';
import { EXIT, Problem } from '../../core/problem.ts';
import { formatVersion, type Version } from '../../core/version.ts';
import type { Git, PullRequest } from '../../io/ports.ts';
import { shortName } from '../branches.ts';
import { caughtUp } from '../catch-up.ts';
import type { Ref, RemoteFacts } from '../facts.ts';
import { fetchQuietly, unreadableRemote } from '../fetch-quietly.ts';
import type { FrozenRelease } from '../journal.ts';
import { localRefs } from '../look.ts';
import { lookAtRemote } from '../look-remote.ts';
import type { ReleaseDetails } from '../plan-types.ts';
import type { ReleasePorts } from '../ports.ts';
import { findVersion, UneditablePubspec } from '../pubspec.ts';
import { lookAtPushTarget } from '../push-target.ts';
import { findProposal, type Proposal } from './find-proposal.ts';

/** What became of a proposal that is merged. */
export interface MergedFacts {
  readonly refs: ReadonlyMap<string, Ref>;
  /** The remote's branches and tags. */
  readonly published: ReadonlyMap<string, string>;
  /** Of the branches to merge back to. */
  readonly ahead: RemoteFacts['ahead'];
  /** The commit of main that carries the release. */
  readonly merged: string;
  readonly mainTip: string;
  /** With the build numbers that a hotfix, merged into the proposal meanwhile, has made grow. */
  readonly packages: ReleaseDetails['packages'];
  /** Tip of the pull request's branch when it was merged; deleted there only while it holds this. */
  readonly head: string | undefined;
}

/**
 * Finds out whether the pull request is merged, by main's own history or by what GitHub says of it, and changes nothing.
 * @throws Problem `pull-request-open`, `pull-request-closed`, `pull-request-missing`, `version-changed` (exit 3), and
 *   those of GitHub
 */
export async function lookAtMerged(
  { git, github }: Pick<ReleasePorts, 'git' | 'github'>,
  frozen: Pick<FrozenRelease, 'plan'>,
  proposal: Proposal,
): Promise<MergedFacts> {
  const { details } = frozen.plan;
  const { remote, main } = details;
  if (remote === undefined || main === undefined || details.github === undefined) throw new Error('not a proposal');
  const request = await findProposal(await github(details.github.address), proposal);
  const { ask } = await lookAtPushTarget(git, remote.name);
  const { refs: published, unreachable } = await lookAtRemote(git, ask);
  const mainTip = published.get(main.name);
  if (unreachable !== undefined || mainTip === undefined) throw unreadableRemote(remote.name, unreachable ?? '');
  if (request?.state === 'merged' || mainTip !== main.id) await fetchQuietly(git, ask, main.name, mainTip);
  const merged = await mergedCommit(git, proposal.release, request, mainTip);
  if (merged === undefined) throw notMerged(request, shortName(proposal.proposed.branch.name));
  const packages = await mergedPackages(git, details, merged);
  const back = details.back.map(({ name }) => name);
  const { refs, ahead } = await caughtUp(git, await localRefs(git), published, back);
  return { refs, published, ahead, merged, mainTip, packages, head: request?.head };
}

/** Where main took the release in. Undefined while it has not. */
async function mergedCommit(
  git: Git,
  release: string,
  request: PullRequest | undefined,
  mainTip: string,
): Promise<string | undefined> {
  const named = request?.mergeCommit;
  if (!(await git.isAncestor(release, mainTip))) {
    // Squashed or rebased: GitHub alone knows.
    return named !== undefined && (await git.isAncestor(named, mainTip)) ? named : undefined;
  }
  // The first of main's own commits that has it; the release itself where main was only moved forward to it.
  const list = async (...args: readonly string[]) =>
    (await git.run(['rev-list', ...args, `${release}..${mainTip}`])).split('\n').filter((id) => id !== '');
  const [own, having] = await Promise.all([list('--first-parent', '--parents'), list('--ancestry-path')]);
  const descendants = new Set(having);
  const since = own.map((line) => line.split(' ')).filter(([id = '']) => descendants.has(id));
  const [first = release, parent] = since.at(-1) ?? [];
  return parent === release ? release : first;
}

/** @throws Problem `version-changed` */
async function mergedPackages(
  git: Git,
  { packages, main }: ReleaseDetails,
  commit: string,
): Promise<ReleaseDetails['packages']> {
  const paths = packages.map(({ folder }) => posix.join(folder, 'pubspec.yaml'));
  const contents = await git.readObjects(paths.map((path) => `${commit}:${path}`));
  const found = contents.map(versionIn);
  const wrong = packages.flatMap(({ version, pubspecVersion }, index) => {
    const there = found[index];
    if (there?.core === version) return [];
    const has = there === undefined ? 'no version' : formatVersion(there);
    return [`${paths[index]} has ${has} and not ${pubspecVersion}`];
  });
  if (wrong.length === 0) {
    const [first, ...rest] = packages.map((one, index) => {
      const there = found[index];
      return there === undefined ? one : { ...one, pubspecVersion: formatVersion(there) };
    });
    return first === undefined ? packages : [first, ...rest];
  }
  throw new Problem({
    code: VERSION_CHANGED,
    what: `what was merged into ${shortName(main?.name ?? '')} has another version than the release was planned with`,
    why: wrong.join('\n'),
    fix: 'tagship release abort (it leaves main alone), then release again',
    exit: EXIT.refused,
  });
}

export const VERSION_CHANGED = 'version-changed';

function versionIn(pubspec: Buffer | undefined): Version | undefined {
  try {
    return pubspec === undefined ? undefined : findVersion(pubspec.toString('utf8'))?.version;
  } catch (error) {
    if (error instanceof UneditablePubspec) return undefined;
    throw error;
  }
}

function notMerged(request: PullRequest | undefined, branch: string): Problem {
  const refuse = (code: string, what: string, fix: string) =>
    new Problem({ code, what, fix, exit: EXIT.refused, ...(request === undefined ? {} : { why: request.url }) });
  if (request === undefined) {
    return refuse(
      'pull-request-missing',
      `there is no pull request for ${branch}`,
      'tagship release abort, then release again',
    );
  }
  const name = `pull request #${request.number}`;
  if (request.state === 'closed') {
    const fix = 'reopen and merge it, then: tagship release continue (or give it up: tagship release abort)';
    return refuse('pull-request-closed', `${name} was closed without being merged`, fix);
  }
  const fix = 'merge it, then: tagship release continue (or: tagship release abort)';
  return refuse('pull-request-open', `${name} is not merged yet`, fix);
}
