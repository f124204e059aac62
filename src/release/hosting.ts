/** A repository on a site whose commit and compare pages are known. */
export interface HostedRepository {
  /** `https://github.com` */
  readonly host: string;
  /** May hold slashes: GitLab has groups within groups. */
  readonly owner: string;
  readonly repository: string;
  /** What stands between repository and page in links: GitLab's `/-`. */
  readonly infix: string;
}

const INFIX: Readonly<Record<string, string>> = { 'github.com': '', 'codeberg.org': '', 'gitlab.com': '/-' };

/** Every infix that a hosted repository may have. */
export const LINK_INFIXES: readonly string[] = [...new Set(Object.values(INFIX))];

/**
 * Reads the forms git accepts: `https://host/owner/repo.git`, `ssh://git@host/…`, `git@host:owner/repo`.
 * @param enterprise a host that runs GitHub's software
 */
export function hostedRepository(url: string, enterprise?: string): HostedRepository | undefined {
  const [, hostname, path] = /^(?:[a-z+]+:\/\/)?(?:[^@/]+@)?([A-Za-z0-9.-]+)(?::\d+\/|[:/])(.+)$/.exec(url) ?? [];
  const infix = hostname === undefined ? undefined : hostname === enterprise ? '' : INFIX[hostname];
  const parts = path?.replace(/\.git\/?$|\/$/, '').split('/') ?? [];
  const repository = parts.pop();
  const owner = parts.join('/');
  if (infix === undefined || repository === undefined || !/^[\w.~-]+$/.test(repository) || !/^[\w./~-]+$/.test(owner)) {
    return undefined;
  }
  return { host: `https://${hostname}`, owner, repository, infix };
}
