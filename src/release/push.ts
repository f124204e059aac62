import type { Probe } from '../core/plan.ts';
import { EXIT, Problem } from '../core/problem.ts';
import { shellJoin } from '../core/shell-quote.ts';
import { withoutPassword } from '../core/without-password.ts';
import type { Git, GitResult } from '../io/ports.ts';
import { movingBranches } from './describe-steps.ts';
import { parseRemoteRefs } from './look-remote.ts';
import type { RefTip, ReleaseDetails } from './plan-types.ts';
import { hasMovedOn, type Overtaken, pushNotBegun, pushRejected, rejectedRefs } from './push-rejected.ts';
import { lookAtPushTarget } from './push-target.ts';
import type { RefMove } from './refs.ts';
import { tagNames } from './tags.ts';

/**
 * Publishes the moved branches and the tags, all or none of them, from the very objects of the plan.
 * @throws Problem `push-rejected` or `push-cut-off`, both resumable.
 */
export async function pushRelease(
  git: Git,
  details: ReleaseDetails,
  moves: readonly RefMove[],
  onLine: (line: string) => void,
): Promise<void> {
  if (details.remote === undefined) return;
  const { name, lineTip } = details.remote;
  const line = details.line.name;
  // Main is where its pull request brought it, and only follows here.
  const concluded = details.github?.pullRequest?.stage === 'concluded';
  const pushed = moves.filter((move) => !concluded || move.name !== details.main?.name);
  const refspecs = pushed.map(({ name: ref, to }) => `${to}:${ref}`);
  // Git pads what the remote says with blanks, to cover what may stand on the terminal's line.
  const push = (flags: readonly string[], deletion: readonly string[]) =>
    git.try(['push', ...PUSH, ...flags, '--', name, ...refspecs, ...deletion], {
      onLine: (text) => onLine(text.trimEnd()),
    });
  // The finished branch goes with the same push, and only if nobody has added to it.
  const deletes = details.finishesLine && lineTip !== undefined;
  let answer = await push(deletes ? [`--force-with-lease=${line}:${lineTip}`] : [], deletes ? [`:${line}`] : []);
  const lineIsStale = rejectedRefs(answer.stdout).some((one) => one.ref === line && hasMovedOn(one));
  // Someone else has deleted it, which is all that was wanted of it.
  if (lineIsStale && !(await publishedAt(git, details, [line])).has(line)) answer = await push([], []);
  if (answer.exitCode !== 0) throw pushFailed(details, answer, await lookOvertaken(git, details, pushed));
}

/**
 * Pushes one branch, or deletes it, only from the value it is known to have there.
 * @throws Problem `push-rejected` or `push-cut-off`
 */
export async function pushBranch(
  git: Git,
  details: ReleaseDetails,
  { name, from, to }: { readonly name: string; readonly from: string | undefined; readonly to: string | undefined },
  onLine: (line: string) => void = () => {},
): Promise<void> {
  const remote = details.remote?.name ?? 'origin';
  const args = [`--force-with-lease=${name}:${from ?? ''}`, '--', remote, `${to ?? ''}:${name}`];
  const answer = await git.try(['push', ...PUSH, ...args], { onLine: (text) => onLine(text.trimEnd()) });
  if (answer.exitCode !== 0) throw pushFailed(details, answer, { branches: [], tags: [] });
}

const PUSH: readonly string[] = ['--atomic', '--porcelain', '--no-follow-tags'];

/** What `git push --porcelain` prints once it has spoken with the remote; a hook's own output stands beside it. */
const SPOKE_WITH_REMOTE = /^(To |Done$|[ =+*!-]\t)/m;

/** Why a push failed. One that git gave up before it had spoken with the remote, as for a pre-push hook, sent nothing. */
function pushFailed(details: ReleaseDetails, { exitCode, stdout, stderr }: GitResult, overtaken: Overtaken): Problem {
  const rejected = rejectedRefs(stdout);
  if (rejected.length > 0) return pushRejected(details, rejected, overtaken, stderr);
  const isSent = exitCode !== 1 || SPOKE_WITH_REMOTE.test(stdout);
  return isSent ? pushCutOff(details, stderr) : pushNotBegun(details, overtaken, stderr);
}

/** Who loses a race is told in as many ways as there are servers and hooks; what the remote holds now tells it surely. */
async function lookOvertaken(git: Git, details: ReleaseDetails, pushed: readonly RefMove[]): Promise<Overtaken> {
  const there = await publishedAt(
    git,
    details,
    pushed.map(({ name }) => name),
  ).catch(() => new Map<string, string>());
  const branches: string[] = [];
  const tags: string[] = [];
  const direct: RefTip[] = [];
  const concluded = details.github?.pullRequest?.stage === 'concluded';
  const released = pushed.flatMap(({ name, to }) => (name.startsWith('refs/tags/') ? [`^${to}`] : []));
  for (const { name, to } of pushed) {
    const id = there.get(name);
    if (id === undefined || id === to) continue;
    if (name.startsWith('refs/tags/')) tags.push(name);
    else if (!(await git.isAncestor(id, to))) branches.push(name);
    // What is merged into main already is planned again by continue, not undone.
    else if (!concluded && details.back.some((branch) => branch.name === name)) {
      const own = ['rev-list', '--first-parent', '--no-merges', '--max-count=1', to, `^${id}`, ...released, '--'];
      if ((await git.try(own)).stdout !== '') direct.push({ name, id });
    }
  }
  return { branches, tags, direct };
}

/** A remote goes on with what it has received, whether or not anyone still listens. */
function pushCutOff(details: ReleaseDetails, stderr: string): Problem {
  return new Problem({
    code: 'push-cut-off',
    what: `the push to ${details.remote?.name} was cut off: it is not known whether ${tagNames(details)} is published`,
    why: stderr.trim() || 'git ended before the remote had answered',
    fix: 'tagship release continue (it asks the remote first, and pushes only what is missing)',
    exit: EXIT.resumable,
  });
}

/** Whether the remote has the tags: the one sign, as the push is atomic. @throws Problem as {@link publishedAt} */
export async function probePublished(git: Git, details: ReleaseDetails, tags: readonly RefTip[]): Promise<Probe> {
  if (details.remote === undefined) return 'absent';
  const refs = tags.map(({ name }) => name);
  const published = await publishedAt(git, details, refs);
  if (published.size === 0) return 'absent';
  return tags.every(({ name, id }) => published.get(name) === id) ? 'present' : 'conflicting';
}

/** Those of the refs that are where the release is pushed to, with their ids. @throws Problem `remote-unreachable` */
export async function publishedAt(
  git: Git,
  details: ReleaseDetails,
  refs: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const name = details.remote?.name ?? 'origin';
  const { ask } = await lookAtPushTarget(git, name);
  const answer = await git.try(['ls-remote', '--refs', '--', ask, ...refs]);
  if (answer.exitCode === 0) return parseRemoteRefs(answer.stdout);
  throw new Problem({
    code: 'remote-unreachable',
    what: `${name} cannot be read, so it is not known whether ${tagNames(details)} is published`,
    why: answer.stderr.trim(),
    fix: 'check the connection and run the same command again',
    exit: EXIT.resumable,
  });
}

/**
 * The release's remote is where it was when the release was planned: what is published was published there.
 * @throws Problem `remote-changed`
 */
export async function refuseChangedRemote(git: Git, details: ReleaseDetails): Promise<void> {
  const { remote } = details;
  if (remote === undefined) return;
  const { urls } = await lookAtPushTarget(git, remote.name);
  if (urls.length === 1 && withoutPassword(urls[0] ?? '') === remote.url) return;
  throw new Problem({
    code: 'remote-changed',
    what: `${remote.name} is not where it was when ${tagNames(details)} was begun`,
    why: `then ${remote.url}\nnow ${urls.map(withoutPassword).join(', ') || 'nowhere'}`,
    fix: `git remote set-url ${shellJoin([remote.name, remote.url])} (with its user, where it had one), then the same command again`,
    exit: EXIT.refused,
  });
}

/** Where git remembers a branch of the remote, by the refspec that `git clone` sets up. */
export function trackingRef(
  { remote }: { readonly remote: { readonly name: string } | undefined },
  branch: string,
): string {
  return branch.replace(/^refs\/heads\//, `refs/remotes/${remote?.name ?? 'origin'}/`);
}

/**
 * Brings what git remembers of the remote up to date after a push whose end was not seen: an ordinary push does that
 * itself. Its failure changes nothing about the release.
 */
export async function rememberPublished(git: Git, details: ReleaseDetails): Promise<void> {
  const { remote, line, finishesLine } = details;
  if (remote === undefined) return;
  const branches = movingBranches(details).map(({ name }) => name);
  const { ask } = await lookAtPushTarget(git, remote.name);
  // Asked by its address git does not know which remote it is, and is told where to remember what.
  const refspecs = ask === remote.name ? branches : branches.map((name) => `+${name}:${trackingRef(details, name)}`);
  await git.try(['fetch', '--quiet', '--no-tags', '--', ask, ...refspecs]);
  if (finishesLine) await git.try(['update-ref', '-d', trackingRef(details, line.name)]);
}
