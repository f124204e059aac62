import type { GitHub } from '../io/ports.ts';
import { githubAddress } from '../release/github/address.ts';
import { lookAtPushTarget } from '../release/push-target.ts';
import type { ReleaseWorkshop } from './release-workshop.ts';

/**
 * GitHub, for the repository that releases are pushed to; undefined where it is not known to be there.
 * @throws Problem `github-token-missing`
 */
export async function githubSite({ ports, config }: ReleaseWorkshop): Promise<GitHub | undefined> {
  const { urls } = await lookAtPushTarget(ports.git, config.release.remote);
  const address = githubAddress(config.github, urls[0]);
  return address === undefined ? undefined : ports.github(address);
}
