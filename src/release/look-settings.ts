import type { Git } from '../io/ports.ts';
import type { Signing } from './facts.ts';

/** The user's git configuration, as far as a release follows it. */
export interface GitSettings {
  /** Undefined when no such remote is configured. May hold a password. */
  readonly remoteUrl: string | undefined;
  /** Whether a push may go somewhere else than where is fetched from, or to several places. */
  readonly pushesElsewhere: boolean;
  /** Whether git pushes there as to a mirror. */
  readonly mirror: boolean;
  /** Names of all remotes. */
  readonly remotes: readonly string[];
  readonly signing: Signing;
  /** Whether author and committer may be two. */
  readonly ownAuthor: boolean;
}

const READ =
  '^(remote\\..*\\.(url|pushurl|mirror)|url\\..*\\.pushinsteadof|(commit|tag)\\.gpgsign|(author|committer)\\.(name|email))$';

export async function lookAtSettings(git: Git, remote: string): Promise<GitSettings> {
  return readSettings(await askSettings(git), remote);
}

/** Those of any remote. */
export async function askSettings(git: Git): Promise<string> {
  return (await git.try(['config', '-z', '--get-regexp', READ])).stdout;
}

/** @param output of {@link askSettings} */
export function readSettings(output: string, remote: string): GitSettings {
  // Values may hold newlines, so each setting ends with a NUL; the name ends at the first newline (git-config(1)).
  const settings = new Map<string, string | undefined>();
  const urls: string[] = [];
  for (const record of output.split('\0')) {
    const end = record.indexOf('\n');
    const name = end < 0 ? record : record.slice(0, end);
    settings.set(name, end < 0 ? undefined : record.slice(end + 1));
    if (/^remote\..*\.url$/s.test(name)) urls.push(name.slice('remote.'.length, -'.url'.length));
  }
  const names = [...settings.keys()];
  return {
    remoteUrl: settings.get(`remote.${remote}.url`),
    pushesElsewhere:
      settings.has(`remote.${remote}.pushurl`) ||
      names.some((name) => name.endsWith('.pushinsteadof')) ||
      urls.filter((name) => name === remote).length > 1,
    mirror: isOn(settings, `remote.${remote}.mirror`),
    remotes: [...new Set(urls)],
    ownAuthor: names.some((name) => /^(author|committer)\./.test(name)),
    signing: { commits: isOn(settings, 'commit.gpgsign'), tags: isOn(settings, 'tag.gpgsign') },
  };
}

/** Git's own reading of a boolean: a name without a value is true. */
function isOn(settings: ReadonlyMap<string, string | undefined>, name: string): boolean {
  return settings.has(name) && /^(true|yes|on|[1-9]\d*)$/i.test(settings.get(name) ?? 'true');
}
