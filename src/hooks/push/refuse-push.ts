import { refuseIfAny } from '../../core/problem.ts';
import type { ScanSecrets } from './check-push.ts';
import { type JudgedRef, policyRefusals } from './policy.ts';
import type { PushedRef } from './pushed-ref.ts';
import type { PushRange } from './range.ts';
import { unsearchable } from './unsearchable.ts';

export interface LookedAtPush {
  readonly judged: readonly JudgedRef[];
  /** Refs whose configuration has credentials searched for. */
  readonly searched: readonly PushedRef[];
  /** What each pushed object leads to; none for one that leads to no commit. */
  readonly commits: ReadonlyMap<string, string>;
  readonly range: PushRange;
}

/** The same on both ends of a push: what the policy forbids, and credentials in what it brings. @throws Problem or Refusals */
export async function refusePush(
  scanSecrets: ScanSecrets,
  { judged, searched, commits, range }: LookedAtPush,
): Promise<void> {
  const secrets = range.fresh.size > 0 && searched.length > 0 ? await scanSecrets(range, searched) : undefined;
  const found = secrets === undefined ? [] : [secrets];
  refuseIfAny([...policyRefusals(judged), ...unsearchable(searched, commits), ...found]);
}
