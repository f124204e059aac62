import type { GitHubConfig } from '../../config/schema.ts';
import type { GitHubAddress } from '../../io/ports.ts';
import { hostedRepository } from '../hosting.ts';

const PUBLIC_API = 'https://api.github.com';

/**
 * The repository on GitHub that releases are pushed to: named in the configuration, or read from the remote's address
 * when that is on the host of the configured API.
 */
export function githubAddress(config: GitHubConfig, remoteUrl: string | undefined): GitHubAddress | undefined {
  const { api } = config;
  const web = api === PUBLIC_API ? 'https://github.com' : new URL(api).origin;
  const [owner, name] = config.repository?.split('/') ?? [];
  if (owner !== undefined && name !== undefined) return { api, web, owner, name };
  const hosted = remoteUrl === undefined ? undefined : hostedRepository(remoteUrl, new URL(web).hostname);
  if (hosted === undefined || hosted.host !== web || hosted.owner.includes('/')) return undefined;
  return { api, web, owner: hosted.owner, name: hosted.repository };
}
