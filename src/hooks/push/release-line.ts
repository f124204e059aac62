import { type KnownTipsPorts, knownTips, type PushAddress } from './known-tips.ts';
import { trackedTips } from './range.ts';
import { samePlace } from './same-place.ts';
import { remoteAddresses } from './target.ts';

/** The remote that is released to, as a push sees it. */
export interface ReleaseLine {
  /** What its branches are known to hold, by their full names there. */
  readonly tips: ReadonlyMap<string, string>;
  /** Whether the push goes to another one: a fork or a mirror gets what was released before. */
  readonly elsewhere: boolean;
}

/** @param name of the remote that is released to */
export async function releaseLine(
  ports: KnownTipsPorts,
  { remote, url, tips }: PushAddress & Pick<ReleaseLine, 'tips'>,
  name: string,
): Promise<ReleaseLine> {
  if (remote === name) return { tips, elsewhere: false };
  const addresses = (await remoteAddresses(ports.git)).get(name) ?? [];
  // The same one by its address: its main is moved by nothing but a release either.
  if (addresses.some((address) => samePlace(address, url))) {
    return { tips: await knownTips(ports, { remote: name, url }), elsewhere: false };
  }
  return { tips: await trackedTips(ports.git, name), elsewhere: true };
}
