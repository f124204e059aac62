import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { type KnownHost, knownHostLine, parseKnownHosts } from './known-hosts.ts';
import { expandHome } from './ssh-credentials.ts';

/** The host keys we know. */
export interface KnownHostsFile {
  /** Where a new one goes, as the user would write it. */
  readonly path: string;
  readonly entries: readonly KnownHost[];
  /** Whether new names are hashed. */
  readonly hashed?: boolean;
}

/** Files that are not there know no host. */
export async function readKnownHosts(paths: readonly string[], hashed = false): Promise<KnownHostsFile> {
  const texts = await Promise.all(paths.map((path) => readFile(expandHome(path), 'utf8').catch(() => '')));
  return { path: asWritten(paths[0] ?? '~/.ssh/known_hosts'), entries: texts.flatMap(parseKnownHosts), hashed };
}

/** Adds a key that somebody trusts, as ssh would. */
export async function rememberHostKey(file: KnownHostsFile, name: string, key: Buffer): Promise<void> {
  const path = expandHome(file.path);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const before = await readFile(path, 'utf8').catch(() => '');
  const start = before === '' || before.endsWith('\n') ? '' : '\n';
  await appendFile(path, start + knownHostLine(name, key, file.hashed ?? false), { mode: 0o600 });
}

function asWritten(path: string): string {
  return path.startsWith(`${homedir()}/`) ? `~${path.slice(homedir().length)}` : path;
}
