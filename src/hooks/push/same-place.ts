import { withoutPassword } from '../../core/without-password.ts';

/**
 * Whether two addresses lead to one repository, as far as they tell by themselves. Reading over HTTP and writing over SSH
 * is common with hosts that know a repository by one path; any other difference may be another repository.
 */
export function samePlace(one: string, other: string): boolean {
  const [plain, otherPlain] = [plainAddress(one), plainAddress(other)];
  if (plain === otherPlain) return true;
  const [read, written] = [hosted(plain), hosted(otherPlain)];
  return read !== undefined && written !== undefined && read.over !== written.over && read.path === written.path;
}

const plainAddress = (address: string) =>
  withoutPassword(address)
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');

/** Host and path of an address over the network. */
function hosted(address: string): { readonly over: 'http' | 'ssh'; readonly path: string } | undefined {
  const [, http, httpPath] = /^https?:\/\/([^/:]+)(?::\d+)?\/+(.+)$/.exec(address) ?? [];
  if (http !== undefined) return { over: 'http', path: `${http.toLowerCase()}/${httpPath}` };
  const [, ssh, sshPath] =
    /^ssh:\/\/(?:[^/@]*@)?([^/:]+)(?::\d+)?\/+(.+)$/.exec(address) ??
    /^(?:[^/:@]*@)?([^/:]+):(?!\/\/)\/*(.+)$/.exec(address) ??
    [];
  return ssh === undefined ? undefined : { over: 'ssh', path: `${ssh.toLowerCase()}/${sshPath}` };
}
