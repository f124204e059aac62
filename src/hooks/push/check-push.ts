import type { Config } from '../../config/schema.ts';
import type { Problem } from '../../core/problem.ts';
import type { ContextFact } from '../verified/context.ts';
import { type VerifyOutcome, type VerifyPorts, verify } from '../verified/verify.ts';
import { changesSince } from '../verified/working-tree.ts';
import { commitsToVerify } from './commits-to-verify.ts';
import type { PushAddress } from './known-tips.ts';
import { type LookPorts, lookAtPush, peelAll } from './look.ts';
import { type FoundConfig, protectedRefs, pushConfigs } from './push-configs.ts';
import type { PushedRef } from './pushed-ref.ts';
import { forkPoint, type PushRange, pushRange } from './range.ts';
import { refusePush } from './refuse-push.ts';
import { releaseLine } from './release-line.ts';

/**
 * Looks for credentials in what a push brings. Undefined when there are none.
 * @param pushed the branches among it are named where what is checked out does not have what was found
 */
export type ScanSecrets = (
  range: Pick<PushRange, 'include' | 'exclude'>,
  pushed?: readonly PushedRef[],
) => Promise<Problem | undefined>;

export interface CheckPushPorts extends VerifyPorts, LookPorts {
  /** The configuration that each of these commits brings itself. */
  readonly configsAt: (commits: readonly string[]) => Promise<ReadonlyMap<string, FoundConfig>>;
  /** That of HEAD; every default, and not usable, where it has mistakes. */
  readonly configAtHead: () => Promise<{ readonly config: Config; readonly usable: boolean }>;
  /** Refs as a release made here has moved them: its own push is recognised by them. */
  readonly releaseMoves: () => Promise<readonly { readonly name: string; readonly to: string }[]>;
  readonly scanSecrets: ScanSecrets;
}

export interface Push extends PushAddress {
  readonly refs: readonly PushedRef[];
  /** What the remote's branches are known to hold at that address. */
  readonly tips: ReadonlyMap<string, string>;
}

export interface PushVerdict extends Pick<VerifyOutcome, 'ran' | 'known'> {
  /** Commits that the remote does not have yet. */
  readonly commits: number;
}

/**
 * Judges a push before it is made: the policy and the search for credentials first, then the gates of every commit that
 * a ref will name and the remote does not have, or not in the main or develop that it moves. What passed is remembered, so
 * that the same push is not judged again.
 * @throws Problem or Refusals
 */
export async function checkPush(ports: CheckPushPorts, push: Push): Promise<PushVerdict> {
  const { git } = ports;
  const { url, refs, tips } = push;
  const ids = [...new Set(refs.flatMap(({ localId }) => localId ?? []))];
  const commits = await peelAll(git, [...new Set([...ids, ...refs.flatMap(({ remoteId }) => remoteId ?? [])])]);
  const pushed = ids.filter((id) => commits.has(id));
  const found = await ports.configsAt([...new Set([...commits.values(), ...tips.values()])]);
  refuseMistakes(ports, refs, ({ localId }) => found.get(commits.get(localId ?? '') ?? '')?.mistake);
  const head = await ports.configAtHead();
  const configs = pushConfigs({ head: head.config, found, commits, tips });
  const released = new Set((await ports.releaseMoves()).map(({ name, to }) => `${to} ${name}`));
  const isReleased = ({ localId, remoteRef }: PushedRef) => released.has(`${localId} ${remoteRef}`);

  const range = await pushRange(git, pushed, [...tips.values(), ...refs.map((ref) => ref.remoteId)]);
  const lineOf = oncePerName((remote) => releaseLine(ports, push, remote));
  const judged = await lookAtPush(ports, {
    ...{ refs, configOf: configs.judging, tips, to: push.remote },
    isReleased: async (ref) => isReleased(ref),
    lineOf: ({ release }) => lineOf(release.remote),
  });
  const searched = refs.filter((ref) => configs.own(ref).checks.secrets);
  await refusePush(ports.scanSecrets, { judged, searched, commits, range });

  const ran: string[] = [];
  const passedBefore: string[] = [];
  if (head.usable) await ports.attestations.noteProtected(configs.protectedRefs);
  const own = refs.filter((ref) => !isReleased(ref));
  const protectedOf = (ref: PushedRef) => protectedRefs(configs.judging(ref));
  for (const { commit, isProtected, since } of commitsToVerify(own, { commits, range, protectedOf, tips })) {
    const outcome = await verify(ports, {
      tree: commit,
      checks: configs.at(commit).checks,
      since: isProtected ? since : await forkPoint(git, commit, range.exclude),
      changes: (paths) => changesSince(ports, commit, paths),
    });
    ran.push(...outcome.ran);
    passedBefore.push(...outcome.known);
    const isRemembered = outcome.remembered && found.get(commit)?.mistake === undefined;
    if (isRemembered) await ports.attestations.addPush(commit, url, pushFacts(configs.protectedRefs, outcome));
  }
  return { ran, known: passedBefore, commits: range.fresh.size };
}

/** The same answer for every ref of a push: there may be a thousand. */
function oncePerName<T>(look: (name: string) => Promise<T>): (name: string) => Promise<T> {
  const found = new Map<string, Promise<T>>();
  return (name) => {
    const answer = found.get(name) ?? look(name);
    found.set(name, answer);
    return answer;
  };
}

/** What a branch brings can be mended. A tag that was published cannot: it is judged by the defaults, as on a server. */
function refuseMistakes(
  { report }: CheckPushPorts,
  refs: readonly PushedRef[],
  mistakeOf: (ref: PushedRef) => Problem | undefined,
): void {
  for (const ref of refs) {
    const mistake = mistakeOf(ref);
    if (mistake === undefined) continue;
    if (!ref.remoteRef.startsWith('refs/tags/')) throw mistake;
    const name = ref.remoteRef.slice('refs/tags/'.length);
    report({ type: 'note', text: `  ! ${mistake.what}: ${name} is judged by the default rules` });
  }
}

/**
 * What has to hold for a commit to be pushed again without a judgement.
 * @param judgedAnew refs that it may not reach so
 */
export function pushFacts(
  judgedAnew: readonly string[],
  { facts }: Pick<VerifyOutcome, 'facts'>,
): readonly ContextFact[] {
  return [...judgedAnew.map((path) => ({ kind: 'protected', path, value: '' }) as const), ...facts];
}
