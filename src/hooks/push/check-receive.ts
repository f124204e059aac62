import type { Config } from '../../config/schema.ts';
import type { ScanSecrets } from './check-push.ts';
import { directCommits, type LookPorts, lookAtPush, peelAll, policyRules } from './look.ts';
import type { PushedRef } from './pushed-ref.ts';
import { pushRange } from './range.ts';
import { refusePush } from './refuse-push.ts';

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
  refs: readonly PushedRef[],
  config: Config,
): Promise<void> {
  const { git } = ports;
  const here = await allRefs(git);
  const commits = await peelAll(
    git,
    refs.flatMap(({ localId }) => localId ?? []),
  );
  const range = await pushRange(git, [...commits.keys()], [...here.values()]);
  const tagged = releasedCommits(refs, config, commits, here);
  const isReleased = (ref: PushedRef) => isReleaseMove(ports, ref, config, tagged);
  const judged = await lookAtPush(ports, refs, () => config, here, isReleased);
  const searched = config.checks.secrets ? refs : [];
  await refusePush(ports.scanSecrets, { judged, searched, commits, range });
}

/** Every ref that was here before the push. */
async function allRefs(git: LookPorts['git']): Promise<ReadonlyMap<string, string>> {
  const listing = await git.run(['for-each-ref', '--format=%(objectname) %(refname)']);
  return new Map(
    listing
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))]),
  );
}

interface Tagged {
  readonly commit: string;
  readonly preRelease: boolean;
}

/** Commits that a release tag of this very push names. Whether the tag is a good one is judged with the tag itself. */
function releasedCommits(
  refs: readonly PushedRef[],
  config: Config,
  commits: ReadonlyMap<string, string>,
  here: ReadonlyMap<string, string>,
): readonly Tagged[] {
  const { releaseOf } = policyRules(config);
  return refs.flatMap(({ remoteRef, localId }) => {
    const release = releaseOf(remoteRef);
    const commit = commits.get(localId ?? '');
    if (release === undefined || commit === undefined || here.has(remoteRef)) return [];
    return [{ commit, preRelease: release.version.includes('-') }];
  });
}

/**
 * A release brings its tag along. Main goes to the tagged commit; develop gets what was tagged and the merge back, and
 * no commit besides.
 */
async function isReleaseMove(
  { git }: LookPorts,
  { remoteRef, localId, remoteId }: PushedRef,
  config: Config,
  tagged: readonly Tagged[],
): Promise<boolean> {
  if (localId === undefined || remoteId === undefined) return false;
  const isMain = remoteRef === policyRules(config).main;
  const released = tagged.filter(({ preRelease }) => !isMain || !preRelease).map(({ commit }) => commit);
  if (released.length === 0) return false;
  if (isMain) return released.includes(localId);
  return (await directCommits(git, remoteId, localId, released)).length === 0;
}
