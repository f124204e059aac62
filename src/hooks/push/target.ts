import type { Git } from '../../io/ports.ts';

/** Where `git push` would go from here (git-config(1): `remote.pushDefault`, `branch.NAME.pushRemote`). */
export interface PushTarget {
  /** Name of the remote; an address when none of that name is configured. */
  readonly remote: string;
  /** As git tells them to its hooks. */
  readonly urls: readonly string[];
}

/** @param branch short name of the branch that is checked out; undefined when none is */
export async function defaultRemote(git: Git, branch: string | undefined): Promise<string | undefined> {
  const keys = ['remote.pushDefault', ...(branch === undefined ? [] : [`branch.${branch}.remote`])];
  const asked = [...(branch === undefined ? [] : [`branch.${branch}.pushRemote`]), ...keys];
  for (const key of asked) {
    const answer = await git.try(['config', '--get', key]);
    if (answer.exitCode === 0) return answer.stdout.trim();
  }
  const remotes = (await git.run(['remote'])).split('\n').filter((name) => name !== '');
  return remotes.length === 1 ? remotes[0] : remotes.find((name) => name === 'origin');
}

export async function pushTarget(git: Git, remote: string): Promise<PushTarget> {
  const answer = await git.try(['remote', 'get-url', '--push', '--all', '--', remote]);
  const urls = answer.exitCode === 0 ? answer.stdout.split('\n').filter((url) => url !== '') : [remote];
  return { remote, urls };
}

/** Every remote, with where it is fetched from and pushed to, as git rewrites it. */
export async function remoteAddresses(git: Git): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (const line of (await git.run(['remote', '--verbose'])).split('\n')) {
    const [name = '', rest = ''] = line.split('\t');
    if (name === '') continue;
    const address = /^(.+) \((?:fetch|push)\)/.exec(rest)?.[1];
    found.set(name, [...(found.get(name) ?? []), ...(address === undefined ? [] : [address])]);
  }
  return found;
}

/** Short name of the branch that is checked out; undefined for a bare commit. */
export async function currentBranch(git: Git): Promise<string | undefined> {
  // With --short git would say heads/NAME where a tag has the same name.
  const answer = await git.try(['symbolic-ref', '--quiet', 'HEAD']);
  return answer.exitCode === 0 ? answer.stdout.trim().replace(/^refs\/heads\//, '') : undefined;
}
