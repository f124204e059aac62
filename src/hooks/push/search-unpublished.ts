import type { CheckPushPorts } from './check-push.ts';
import { type KnownTipsPorts, knownTips } from './known-tips.ts';
import { pushRange } from './range.ts';
import { pushTarget } from './target.ts';

/**
 * Searches the commits that a push of these would bring to a remote for credentials, before anything is pushed.
 * @param remote by its name. Where a push goes to several addresses, what one of them lacks is searched
 * @throws Problem `secrets-found`, or that not everything could be searched
 */
export async function searchUnpublished(
  ports: KnownTipsPorts & Pick<CheckPushPorts, 'scanSecrets'>,
  commits: readonly string[],
  remote: string,
): Promise<void> {
  const { git, scanSecrets } = ports;
  const { urls } = await pushTarget(git, remote);
  const everywhere: ReadonlySet<string>[] = [];
  for (const url of urls) everywhere.push(new Set((await knownTips(ports, { remote, url })).values()));
  const [first = new Set(), ...others] = everywhere;
  const known = [...first].filter((id) => others.every((ids) => ids.has(id)));
  const range = await pushRange(git, commits, known);
  const found = range.fresh.size === 0 ? undefined : await scanSecrets(range);
  if (found !== undefined) throw found;
}
