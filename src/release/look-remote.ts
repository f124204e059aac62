import { withoutPassword } from '../core/without-password.ts';
import type { Git } from '../io/ports.ts';
import type { RemoteFacts } from './facts.ts';
import type { GitSettings } from './look-settings.ts';
import { lookAtPushTarget } from './push-target.ts';

export type PublishedRefs = Pick<RemoteFacts, 'unreachable' | 'refs'>;

/** What is known of a remote that was not asked. */
export const UNASKED: PublishedRefs = { unreachable: undefined, refs: new Map() };

/**
 * The branches and tags that are published right now. An unreachable remote is a fact, not an error.
 * @param address a remote's name, or where a push to it goes
 */
export async function lookAtRemote(git: Git, address: string): Promise<PublishedRefs> {
  const listing = await git.try(['ls-remote', '--refs', '--heads', '--tags', '--', address]);
  return {
    unreachable: listing.exitCode === 0 ? undefined : listing.stderr.trim(),
    refs: parseRemoteRefs(listing.stdout),
  };
}

/**
 * The remote as a push to it finds it. Nearly always that is where is fetched from.
 * @param asked what is published there; undefined when it does not matter
 */
export async function lookAtPushPlace(
  git: Git,
  name: string,
  settings: GitSettings,
  asked: Promise<PublishedRefs> | undefined,
): Promise<Omit<RemoteFacts, 'ahead'>> {
  const { ask, urls } = await lookAtPushTarget(git, name, settings);
  const published = asked === undefined || ask === name ? asked : lookAtRemote(git, ask);
  return {
    ...((await published) ?? UNASKED),
    name,
    url: settings.remoteUrl === undefined ? undefined : withoutPassword(settings.remoteUrl),
    pushUrls: urls.map(withoutPassword),
    mirror: settings.mirror,
    remotes: settings.remotes,
  };
}

/** Reads what `git ls-remote` prints: ids by full name. */
export function parseRemoteRefs(listing: string): ReadonlyMap<string, string> {
  return new Map(
    listing
      .split('\n')
      .map((line) => line.split('\t'))
      .flatMap(([id, ref]) => (id !== undefined && ref !== undefined ? [[ref, id] as const] : [])),
  );
}
