import type { ReleaseFacts } from './facts.ts';
import type { ReleaseDetails } from './plan-types.ts';

/** Who makes the release, and when: the plan's time, so that a resumed release makes the same objects. */
export function identityOf(facts: Pick<ReleaseFacts, 'identity' | 'author'>, now: Date): ReleaseDetails['identity'] {
  const [who, zone = '+0000'] = splitIdentity(facts.identity ?? '');
  const [author] = splitIdentity(facts.author ?? '');
  const when = `${Math.floor(now.getTime() / 1000)} ${zone}`;
  return { who, when, ...(author === '' || author === who ? {} : { author }) };
}

/** Git's `Name <mail> seconds zone`: the first two, and the last where there is one. */
function splitIdentity(identity: string): readonly [string, string | undefined] {
  const end = identity.lastIndexOf('>') + 1;
  return [identity.slice(0, end), identity.slice(end).trim().split(' ')[1]];
}
