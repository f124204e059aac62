import type { Git } from '../io/ports.ts';
import type { Signing } from './facts.ts';

/** The user's git configuration, as far as a release follows it. */
export interface GitSettings {
  /** Undefined when no such remote is configured. */
  readonly remoteUrl: string | undefined;
  readonly signing: Signing;
}

export async function lookAtSettings(git: Git, remote: string): Promise<GitSettings> {
  // Values may hold newlines, so each setting ends with a NUL; the name ends at the first newline (git-config(1)).
  const output = (await git.try(['config', '-z', '--get-regexp', '^(remote\\..*\\.url|(commit|tag)\\.gpgsign)$']))
    .stdout;
  const settings = new Map<string, string | undefined>();
  for (const record of output.split('\0')) {
    const end = record.indexOf('\n');
    settings.set(end < 0 ? record : record.slice(0, end), end < 0 ? undefined : record.slice(end + 1));
  }
  return {
    remoteUrl: settings.get(`remote.${remote}.url`),
    signing: { commits: isOn(settings, 'commit.gpgsign'), tags: isOn(settings, 'tag.gpgsign') },
  };
}

/** Git's own reading of a boolean: a name without a value is true. */
function isOn(settings: ReadonlyMap<string, string | undefined>, name: string): boolean {
  return settings.has(name) && /^(true|yes|on|[1-9]\d*)$/i.test(settings.get(name) ?? 'true');
}
