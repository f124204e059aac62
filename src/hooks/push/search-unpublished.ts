import type { CheckPushPorts } from './check-push.ts';
import { pushRange, trackedTips } from './range.ts';

/**
 * Searches the commits that a push of these would bring to a remote for credentials, before anybody connects to it.
 * @param remote by its name: what it has is what git remembers of it
 * @throws Problem `secrets-found`, or that not everything could be searched
 */
export async function searchUnpublished(
  { git, scanSecrets }: Pick<CheckPushPorts, 'git' | 'scanSecrets'>,
  commits: readonly string[],
  remote: string,
): Promise<void> {
  const range = await pushRange(git, commits, [...(await trackedTips(git, remote)).values()]);
  const found = range.fresh.size === 0 ? undefined : await scanSecrets(range);
  if (found !== undefined) throw found;
}
