import type { Git } from '../io/ports.ts';
import { type GitSettings, lookAtSettings } from './look-settings.ts';

/**
 * Where a push to the remote arrives. `git ls-remote NAME` asks where is fetched from, which may be a mirror: whether
 * something is published only the place itself can tell.
 */
export interface PushTarget {
  /** What to give to git to ask there: the remote's name, or an address where that names another place. */
  readonly ask: string;
  /** Every address that a push goes to. Git pushes to several one after the other. */
  readonly urls: readonly string[];
}

/** @param settings what is known of the remote already */
export async function lookAtPushTarget(git: Git, name: string, settings?: GitSettings): Promise<PushTarget> {
  const { remoteUrl, pushesElsewhere } = settings ?? (await lookAtSettings(git, name));
  if (!pushesElsewhere) return { ask: name, urls: remoteUrl === undefined ? [] : [remoteUrl] };
  // Git itself tells: its rules of insteadOf, pushInsteadOf and pushurl are not repeated here.
  const listing = await git.try(['remote', 'get-url', '--push', '--all', '--', name]);
  const urls = listing.stdout.split('\n').filter((url) => url !== '');
  return { ask: urls[0] ?? name, urls };
}
