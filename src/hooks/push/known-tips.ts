import { join } from 'node:path';
import { withoutPassword } from '../../core/without-password.ts';
import type { VerifyPorts } from '../verified/verify.ts';
import type { PushedRef } from './pushed-ref.ts';
import { trackedTips } from './range.ts';
import { samePlace } from './same-place.ts';
import { remoteAddresses } from './target.ts';

export interface PushAddress {
  /** Name of the remote, or its address when it has none. */
  readonly remote: string;
  readonly url: string;
}

/** Branches and what they hold, by the full names they have on the remote. */
type Tips = ReadonlyMap<string, string>;

export type KnownTipsPorts = Pick<VerifyPorts, 'git' | 'files' | 'commonDir' | 'report' | 'attestations'>;

/**
 * What the branches of a remote are known to hold, at the address that is pushed to. Git remembers them by the remote's name,
 * whatever address it has and had. So they count only where nothing is pushed elsewhere than fetched; and whenever the
 * address is another than before, the remote is asked once which of them it has. So it is when a push tells otherwise.
 * @param pushed with what the remote has of them by now; undefined where nobody has asked it
 */
export async function knownTips(
  ports: KnownTipsPorts,
  { remote, url }: PushAddress,
  pushed: readonly PushedRef[] = [],
): Promise<Tips> {
  const { git, files } = ports;
  const [everything, remotes] = await Promise.all([trackedTips(git, remote), remoteAddresses(git)]);
  const tracked = withoutOthers(everything, remote, [...remotes.keys()]);
  const addresses = remotes.get(remote) ?? [];
  if (tracked.size === 0) return tracked;
  if (!addresses.every((address) => samePlace(address, url))) return (await ask(ports, url, tracked)) ?? new Map();
  const path = join(ports.commonDir, 'tagship/remotes', `${encodeURIComponent(remote)}.json`);
  const before = readNote(await files.readText(path));
  if (before !== undefined && samePlace(before.address, url)) {
    const tips = believed(tracked, before);
    if (pushed.every(({ remoteRef, remoteId }) => !tips.has(remoteRef) || tips.get(remoteRef) === remoteId))
      return tips;
    // What was judged by that memory is judged anew.
    await ports.attestations.forgetPushes();
  }
  const told = await ask(ports, addresses.length > 0 ? remote : url, tracked);
  if (told === undefined) return new Map();
  const note = { address: withoutPassword(url), differs: differing(tracked, told) };
  await files.replace(path, `${JSON.stringify(note)}\n`);
  return believed(tracked, note);
}

/** Git keeps what `origin/fork` has below what `origin` has. */
function withoutOthers(tracked: Tips, remote: string, names: readonly string[]): Tips {
  const longer = names.filter((name) => name.startsWith(`${remote}/`));
  if (longer.length === 0) return tracked;
  const below = longer.map((name) => `refs/heads/${name.slice(remote.length + 1)}/`);
  return new Map([...tracked].filter(([ref]) => !below.some((prefix) => ref.startsWith(prefix))));
}

/** As the push itself does, it may ask for a password. */
const PROMPT = { env: { GIT_TERMINAL_PROMPT: '1' } };

/** @param where name or address */
async function ask(ports: KnownTipsPorts, where: string, tracked: Tips): Promise<Tips | undefined> {
  const answer = await ports.git.try(['ls-remote', '--heads', '--', where], PROMPT);
  if (answer.exitCode === 0) {
    const lines = answer.stdout.split('\n').filter((line) => line !== '');
    const told = new Map(lines.map((line) => [line.slice(line.indexOf('\t') + 1), line.slice(0, line.indexOf('\t'))]));
    if (await hasSeen(ports, where, told, tracked)) return told;
  }
  const text = `  ! ${withoutPassword(where)} does not say what it has: all that is pushed there is looked at`;
  ports.report({ type: 'note', text });
  return undefined;
}

/**
 * Gets what the remembered branches hold by now, without which nobody could say that the remote has what they held before. No
 * ref moves by it: --force-with-lease goes by what was fetched on purpose.
 */
async function hasSeen({ git }: KnownTipsPorts, where: string, told: Tips, tracked: Tips): Promise<boolean> {
  const moved = [...tracked].filter(([ref, id]) => told.has(ref) && told.get(ref) !== id).map(([ref]) => ref);
  if (moved.length === 0) return true;
  const quiet = ['--quiet', '--no-tags', '--no-write-fetch-head', '--refmap=', '--no-recurse-submodules'];
  const answer = await git.try(['-c', 'gc.auto=0', 'fetch', ...quiet, '--', where, ...moved], PROMPT);
  return answer.exitCode === 0;
}

/** What a remote was asked at its address. */
interface Note {
  /** Without a password. */
  readonly address: string;
  /** Of the branches that the remote did not have as git remembered them: that, and what it had, if any. */
  readonly differs: Readonly<Record<string, readonly [remembered: string, there: string | null]>>;
}

function differing(tracked: Tips, told: Tips): Note['differs'] {
  const there = new Set(told.values());
  const lost = [...tracked].filter(([, id]) => !there.has(id));
  return Object.fromEntries(lost.map(([ref, id]) => [ref, [id, told.get(ref) ?? null] as const]));
}

/** A branch that has moved since the remote was asked was moved by a fetch or push of this address. */
function believed(tracked: Tips, { differs }: Note): Tips {
  const tips = new Map<string, string>();
  for (const [ref, id] of tracked) {
    const [remembered, there] = differs[ref] ?? [];
    const known = remembered === id ? there : id;
    if (known) tips.set(ref, known);
  }
  return tips;
}

/** Undefined also for one that cannot be read: then the remote is asked again. */
function readNote(text: string | undefined): Note | undefined {
  try {
    const { address, differs } = JSON.parse(text ?? '') as Partial<Note>;
    const isWhole = typeof address === 'string' && typeof differs === 'object' && differs !== null;
    return isWhole ? { address, differs } : undefined;
  } catch {
    return undefined;
  }
}
