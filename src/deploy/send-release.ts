import { byteCount } from '../core/byte-count.ts';
import type { Report } from '../core/events.ts';
import { EXIT, Problem } from '../core/problem.ts';
import { shellQuote } from '../core/shell-quote.ts';
import type { Git, Host } from '../io/ports.ts';
import { interrupted } from './act.ts';
import type { RemoteTag } from './facts.ts';
import hasScript from './host/has.sh';
import type { DeployPlan } from './plan-shape.ts';

const STEP = 'send';
// Through a pipe: where a script's input is a socket it has no name that could be opened.
const RECEIVE = 'cd "$1" && cat | git bundle unbundle /dev/stdin';

/** The tags of the repository here that stand for commits. */
export async function tagsHere(git: Git): Promise<readonly RemoteTag[]> {
  const format = '%(objecttype) %(objectname) %(*objecttype) %(*objectname) %(refname:strip=2)';
  const lines = (await git.run(['for-each-ref', `--format=${format}`, 'refs/tags'])).split('\n');
  return lines.flatMap((line) => {
    const [type, object = '', peeledType, peeled, ...rest] = line.split(' ');
    const tag = rest.join(' ');
    if (type === 'commit') return [{ tag, object, commit: object }];
    return type === 'tag' && peeledType === 'commit' && peeled ? [{ tag, object, commit: peeled }] : [];
  });
}

/**
 * Sends the release of a plan to the host's clone: only what that does not have, over the connection there is. No ref
 * changes; the run does that, under its lock.
 * @throws Problem `send-failed`, or `interrupted` where `signal` was aborted, whatever that has broken
 */
export async function sendRelease(
  git: Git,
  host: Host,
  plan: DeployPlan,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  try {
    await send(git, host, plan, report, signal);
  } catch (error) {
    // A Ctrl-C ends the git here, too.
    throw signal.aborted ? interrupted() : error;
  }
}

async function send(git: Git, host: Host, plan: DeployPlan, report: Report, signal: AbortSignal): Promise<void> {
  const { sent, path, about } = plan.details;
  if (sent === undefined) return;
  const title = `send ${about.tag} to ${host.name}`;
  const begun = performance.now();
  report({ type: 'step-started', step: STEP, title });
  const { stdout } = await host.run(hasScript, { args: [path, sent], signal });
  if (stdout.trim() !== 'whole') {
    const base = await commonCommits(git, stdout.split('\n'));
    const wanted = [`refs/tags/${about.tag}`, ...base.map((id) => `^${id}`)];
    const bundle = git.stream(['bundle', 'create', '--quiet', '-', ...wanted], { signal });
    const received = await host.feed(RECEIVE, counted(bundle, about.tag, report), { args: [path], signal });
    if (received.exitCode !== 0) throw notSent(plan, host, received.stderr.trim());
  }
  report({ type: 'step-done', step: STEP, title, milliseconds: performance.now() - begun });
}

/** Those that are known here as well, in the order they were told. */
async function commonCommits(git: Git, told: readonly string[]): Promise<readonly string[]> {
  const ids = told.filter((id) => /^[0-9a-f]{40,64}$/.test(id));
  if (ids.length === 0) return [];
  const known = await git.run(['rev-list', '--no-walk', '--ignore-missing', ...ids]);
  return known.split('\n').filter((id) => id !== '');
}

async function* counted(bytes: AsyncIterable<Buffer>, tag: string, report: Report): AsyncGenerator<Buffer> {
  let sent = 0;
  for await (const piece of bytes) {
    yield piece;
    sent += piece.length;
    report({ type: 'progress', step: STEP, text: `sending ${tag}: ${byteCount(sent)}` });
  }
}

function notSent({ details: { about, path } }: DeployPlan, host: Host, why: string): Problem {
  return new Problem({
    code: 'send-failed',
    what: `${about.tag} could not be sent to ${host.name}; nothing has changed there`,
    ...(why === '' ? {} : { why }),
    fix: `see whether its clone is whole and its disk has room: git -C ${shellQuote(path)} fsck; df -h ${shellQuote(path)}`,
    exit: EXIT.refused,
  });
}
