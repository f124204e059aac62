import type { Config } from '../../config/schema.ts';
import type { Problem } from '../../core/problem.ts';
import { policyRules } from './look.ts';
import { isNamed } from './policy.ts';
import type { PushedRef } from './pushed-ref.ts';

/** What the `tagship.yaml` of a commit says. */
export interface FoundConfig {
  readonly config: Config;
  /** Whether the commit has that file, and one without mistakes; else every default is meant. */
  readonly stated: boolean;
  readonly mistake?: Problem;
}

/** The configurations that a push is judged by. */
export interface PushConfigs {
  /** Of a pushed commit; of HEAD where there is none. */
  readonly at: (commit: string | undefined) => Config;
  /** What a ref brings itself. */
  readonly own: (ref: PushedRef) => Config;
  /** What decides which rule a ref falls under: its own, or that of what the remote has there, if that alone names the ref. */
  readonly judging: (ref: PushedRef) => Config;
  /** Every ref that one of them calls main or develop. */
  readonly protectedRefs: readonly string[];
}

export interface PushConfigsRequest {
  readonly head: Config;
  readonly found: ReadonlyMap<string, FoundConfig>;
  /** What each object leads to, of what is pushed and of what the remote has there. */
  readonly commits: ReadonlyMap<string, string>;
  /** What the remote's branches are known to hold. */
  readonly tips: ReadonlyMap<string, string>;
}

/** A commit older than `tagship.yaml` would be judged by names that nobody has chosen: so the remote's side counts as well. */
export function pushConfigs({ head, found, commits, tips }: PushConfigsRequest): PushConfigs {
  const at = (commit: string | undefined) => found.get(commit ?? '')?.config ?? head;
  const own = ({ localId }: PushedRef) => at(commits.get(localId ?? ''));
  const replaced = ({ remoteRef, remoteId }: PushedRef) => {
    if (remoteId === undefined) return undefined;
    const there = found.get(commits.get(remoteId) ?? tips.get(remoteRef) ?? '');
    return there?.stated ? there.config : undefined;
  };
  const judging = (ref: PushedRef) => {
    const [first, there] = [own(ref), replaced(ref)];
    const onlyThere = there !== undefined && !isNamed(ref, policyRules(first)) && isNamed(ref, policyRules(there));
    return onlyThere ? there : first;
  };
  const all = [head, ...[...found.values()].map(({ config }) => config)];
  return { at, own, judging, protectedRefs: [...new Set(all.flatMap(protectedRefs))] };
}

export function protectedRefs(config: Config): readonly string[] {
  const { main, develop } = policyRules(config);
  return [main, develop];
}
