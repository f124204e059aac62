import type { Config } from '../../config/schema.ts';
import { type LookPorts, lookAtPush, policyRules } from './look.ts';
import { policyRefusals } from './policy.ts';
import type { PushedRef } from './pushed-ref.ts';

/** What a release tag names. */
export interface TaggedCommit {
  readonly commit: string;
  readonly preRelease: boolean;
}

interface KnownRefs {
  /** What each pushed object leads to. */
  readonly commits: ReadonlyMap<string, string>;
  /** Before the push. */
  readonly here: ReadonlyMap<string, string>;
}

/** Commits that a release tag of this very push names. Whether the tag is a good one is judged with the tag itself, if it is at all. */
export async function releasedCommits(
  ports: LookPorts,
  refs: readonly PushedRef[],
  config: Config,
  { commits, here }: KnownRefs,
): Promise<readonly TaggedCommit[]> {
  const { releaseOf } = policyRules(config);
  const made = refs.filter(({ remoteRef, localId }) => releaseOf(remoteRef) && localId && !here.has(remoteRef));
  const good = config.checks.policy.tags === 'release' ? made : await goodTags(ports, made, refs, config, here);
  return good.flatMap(({ remoteRef, localId }) => {
    const commit = commits.get(localId ?? '');
    return commit === undefined ? [] : [{ commit, preRelease: releaseOf(remoteRef)?.version.includes('-') === true }];
  });
}

/** Tags may be open to all: what moves main is a release all the same. */
async function goodTags(
  ports: LookPorts,
  tags: readonly PushedRef[],
  refs: readonly PushedRef[],
  { checks, ...config }: Config,
  here: ReadonlyMap<string, string>,
): Promise<readonly PushedRef[]> {
  const judged: Config = { ...config, checks: { ...checks, policy: { ...checks.policy, tags: 'release' } } };
  const moved = refs.flatMap(({ remoteRef, localId }) =>
    localId === undefined ? [] : [[remoteRef, localId] as const],
  );
  const request = {
    refs: tags,
    configOf: () => judged,
    tips: new Map([...here, ...moved]),
    isReleased: async () => false,
  };
  return (await lookAtPush(ports, request)).filter((one) => policyRefusals([one]).length === 0).map(({ ref }) => ref);
}
