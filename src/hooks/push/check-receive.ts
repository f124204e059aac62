import type { Config } from '../../config/schema.ts';
import type { ScanSecrets } from './check-push.ts';
import { directCommits } from './direct-commits.ts';
import { type LookPorts, lookAtPush, peelAll, policyRules } from './look.ts';
import type { PushedRef } from './pushed-ref.ts';
import { pushRange } from './range.ts';
import { refusePush } from './refuse-push.ts';
import { releasedCommits, type TaggedCommit } from './released-commits.ts';

export interface CheckReceivePorts extends LookPorts {
  readonly scanSecrets: ScanSecrets;
}

/**
 * Judges a push on the server, where nobody can pass it by: the same policy, the same search for credentials.
 * @param config of the server's own main: what is pushed does not bring the rules that it is judged by
 * @throws Problem or Refusals
 */
export async function checkReceive(
  ports: CheckReceivePorts,
  pushed: readonly PushedRef[],
  config: Config,
): Promise<void> {
  const { git } = ports;
  const { tips: here, leadsTo } = await allRefs(git);
  const refs = pushed.map((ref) => ({ ...ref, remoteRef: movedRef(ref.remoteRef, leadsTo, config) }));
  const commits = await peelAll(
    git,
    refs.flatMap(({ localId }) => localId ?? []),
  );
  const range = await pushRange(git, [...commits.keys()], [...here.values()]);
  const tagged = await releasedCommits(ports, refs, config, { commits, here });
  const isReleased = (ref: PushedRef) => isReleaseMove(ports, ref, config, tagged);
  const judged = await lookAtPush(ports, { refs, configOf: () => config, tips: here, isReleased });
  const searched = config.checks.secrets ? refs : [];
  await refusePush(ports.scanSecrets, { judged, searched, commits, range });
}

interface RefsHere {
  readonly tips: ReadonlyMap<string, string>;
  /** Of each symbolic ref the one that a push to it moves, or deletes. */
  readonly leadsTo: ReadonlyMap<string, string>;
}

/** Every ref that was here before the push. */
async function allRefs(git: LookPorts['git']): Promise<RefsHere> {
  const listing = await git.run(['for-each-ref', '--format=%(objectname) %(refname) %(symref)']);
  const tips = new Map<string, string>();
  const leadsTo = new Map<string, string>();
  for (const line of listing.split('\n')) {
    const [id, name, target] = line.split(' ');
    if (!id || name === undefined) continue;
    tips.set(name, id);
    if (target) leadsTo.set(name, target);
  }
  return { tips, leadsTo };
}

/** What a push to a ref really moves. Main and develop are known by their own names, also where those are symbolic. */
function movedRef(ref: string, leadsTo: ReadonlyMap<string, string>, config: Config): string {
  const end = (name: string) => leadsTo.get(name) ?? name;
  const { main, develop } = policyRules(config);
  return [main, develop].find((name) => end(name) === end(ref)) ?? end(ref);
}

/**
 * A release brings its tag along. Main goes to the tagged commit; develop gets what was tagged and the merge back, and
 * no commit besides.
 */
async function isReleaseMove(
  { git }: LookPorts,
  { remoteRef, localId, remoteId }: PushedRef,
  config: Config,
  tagged: readonly TaggedCommit[],
): Promise<boolean> {
  if (localId === undefined || remoteId === undefined) return false;
  const isMain = remoteRef === policyRules(config).main;
  const released = tagged.filter(({ preRelease }) => !isMain || !preRelease).map(({ commit }) => commit);
  if (released.length === 0) return false;
  if (isMain) return released.includes(localId);
  return (await directCommits(git, remoteId, localId, released)).length === 0;
}
