import type { Probe } from '../core/plan.ts';
import { EXIT, Problem } from '../core/problem.ts';
import type { Git } from '../io/ports.ts';
import { movingBranches } from './describe-steps.ts';
import type { ReleaseDetails } from './plan-types.ts';
import type { RefMove } from './refs.ts';

/**
 * Publishes the moved branches and the tag, all or none of them, from the very objects of the plan.
 * @throws Problem `push-rejected` or `push-cut-off`, both resumable.
 */
export async function pushRelease(
  git: Git,
  details: ReleaseDetails,
  moves: readonly RefMove[],
  onLine: (line: string) => void,
): Promise<void> {
  if (details.remote === undefined) return;
  const refspecs = moves.map(({ name, to }) => `${to}:${name}`);
  const { lineTip } = details.remote;
  const line = details.line.name;
  // The finished branch goes with the same push, and only if nobody has added to it.
  const lease = details.finishesLine && lineTip !== undefined ? [`--force-with-lease=${line}:${lineTip}`] : [];
  const deletion = lease.length > 0 ? [`:${line}`] : [];
  const flags = ['--atomic', '--porcelain', '--no-follow-tags', ...lease];
  const args = ['push', ...flags, '--', details.remote.name, ...refspecs, ...deletion];
  // Git pads what the remote says with blanks, to cover what may stand on the terminal's line.
  const answer = await git.try(args, { onLine: (line) => onLine(line.trimEnd()) });
  if (answer.exitCode === 0) return;
  const rejected = answer.stdout.split('\n').filter((line) => line.startsWith('!'));
  throw rejected.length > 0 ? pushRejected(details, rejected, answer.stderr) : pushCutOff(details, answer.stderr);
}

function pushRejected({ remote, tag }: ReleaseDetails, rejected: readonly string[], stderr: string): Problem {
  return new Problem({
    code: PUSH_REJECTED,
    what: `${remote?.name} did not take ${tag}; nothing was published, and the release waits on this machine`,
    why: [...rejected.map((line) => line.slice(1).replaceAll('\t', ' ').trim()), stderr.trim()].join('\n'),
    fix: 'mend the cause, then: tagship release continue (or undo it all: tagship release abort)',
    exit: EXIT.resumable,
  });
}

/** The code of a push that the remote has certainly refused. */
export const PUSH_REJECTED = 'push-rejected';

/** A remote goes on with what it has received, whether or not anyone still listens. */
function pushCutOff({ remote, tag }: ReleaseDetails, stderr: string): Problem {
  return new Problem({
    code: 'push-cut-off',
    what: `the push to ${remote?.name} was cut off: it is not known whether ${tag} is published`,
    why: stderr.trim() || 'git ended before the remote had answered',
    fix: 'tagship release continue (it asks the remote first, and pushes only what is missing)',
    exit: EXIT.resumable,
  });
}

/** Whether the remote has the tag: the one sign, as the push is atomic. @throws Problem `remote-unreachable` */
export async function probePublished(git: Git, { remote, tag }: ReleaseDetails, tagObject: string): Promise<Probe> {
  if (remote === undefined) return 'absent';
  const answer = await git.try(['ls-remote', '--refs', '--', remote.name, `refs/tags/${tag}`]);
  if (answer.exitCode !== 0) {
    throw new Problem({
      code: 'remote-unreachable',
      what: `${remote.name} cannot be read, so it is not known whether ${tag} is published`,
      why: answer.stderr.trim(),
      fix: 'check the connection and run the same command again',
      exit: EXIT.resumable,
    });
  }
  const published = answer.stdout.split('\t')[0];
  if (published === '') return 'absent';
  return published === tagObject ? 'present' : 'conflicting';
}

/** Where git remembers a branch of the remote, by the refspec that `git clone` sets up. */
export function trackingRef({ remote }: Pick<ReleaseDetails, 'remote'>, branch: string): string {
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
  await git.try(['fetch', '--quiet', '--no-tags', '--', remote.name, ...branches]);
  if (finishesLine) await git.try(['update-ref', '-d', trackingRef(details, line.name)]);
}
