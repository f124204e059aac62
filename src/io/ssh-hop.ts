import { EXIT, Problem } from '../core/problem.ts';
import type { Secret } from '../core/secret.ts';
import { shellJoin } from '../core/shell-quote.ts';
import { type KnownHostsFile, readKnownHosts } from './known-hosts-file.ts';
import { readCredentials, type SshCredentials } from './ssh-credentials.ts';
import { readSshSettings, type SshAddress } from './ssh-settings.ts';

/** A machine that is connected to, and how. */
export interface SshHop {
  /** For messages: `pi@192.168.1.100`, with its port where it is not the usual one. */
  readonly name: string;
  /** The words behind `ssh` that lead there for whoever types them, who has the same ~/.ssh/config. */
  readonly typed: string;
  readonly target: SshTarget;
  readonly credentials: SshCredentials;
  readonly knownHosts: KnownHostsFile;
  /** A command that makes the connection, in place of TCP. */
  readonly proxyCommand: string | undefined;
}

export interface SshTarget {
  readonly user: string;
  readonly hostname: string;
  readonly port: number;
  /** What it is called instead where keys are concerned. */
  readonly keyAlias?: string | undefined;
}

/** What tagship.yaml says in place of ssh's own files. */
export interface SshOverrides {
  readonly identity?: string | undefined;
  readonly knownHosts?: string | undefined;
}

/** What a person at a terminal can be asked. */
export interface SshQuestions {
  /** Whether a key that was never seen is the host's. */
  trusts(stranger: { readonly host: string; readonly keyType: string; readonly fingerprint: string }): Promise<boolean>;
  /** Of a key file, after one that was wrong. */
  passphrase(path: string, wrong: Secret | undefined): Promise<Secret>;
}

/** More jumps than these are a circle. */
const MOST_HOPS = 8;

/**
 * The machines on the way to a host, the host itself last. What tagship.yaml says holds for the host; those before it are
 * reached as ssh would.
 * @throws Problem of the files that are read
 */
export async function routeTo(
  address: SshAddress,
  overrides: SshOverrides,
  environment: NodeJS.ProcessEnv,
  depth = 0,
  through: readonly SshAddress[] = [],
): Promise<readonly SshHop[]> {
  const settings = await readSshSettings(address, environment);
  const { user, hostname, port, hostKeyAlias, proxyCommand, hashKnownHosts } = settings;
  const knownHosts = overrides.knownHosts === undefined ? settings.knownHosts : [overrides.knownHosts];
  const hop: SshHop = {
    name: `${user}@${hostname}${port === 22 ? '' : `:${port}`}`,
    typed: typedAddress(address, through),
    target: { user, hostname, port, keyAlias: hostKeyAlias?.toLowerCase() },
    credentials: await readCredentials(settings, overrides.identity),
    knownHosts: await readKnownHosts(knownHosts, hashKnownHosts),
    proxyCommand,
  };
  if (depth > MOST_HOPS) throw circular(address);
  const before: SshHop[] = [];
  for (const [index, jump] of settings.jumps.entries()) {
    const route = await routeTo(jump, {}, environment, depth + 1, settings.jumps.slice(0, index));
    // Those that follow another are reached through it, whatever their own settings say.
    before.push(...(index === 0 ? route : route.slice(-1)));
  }
  return [...before, hop];
}

/** As it was written: an alias has more to it than its address, such as the machines it is reached through. */
function typedAddress(address: SshAddress, through: readonly SshAddress[]): string {
  const { user, hostname, port } = address;
  const words = [
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(through.length === 0 ? [] : ['-o', `ProxyJump=${through.map(jumpWord).join(',')}`]),
    `${user === undefined ? '' : `${user}@`}${hostname}`,
  ];
  return shellJoin(words);
}

function jumpWord({ user, hostname, port }: SshAddress): string {
  const host = hostname.includes(':') ? `[${hostname}]` : hostname;
  return `${user === undefined ? '' : `${user}@`}${host}${port === undefined ? '' : `:${port}`}`;
}

function circular({ hostname }: SshAddress): Problem {
  return new Problem({
    code: 'ssh-config-invalid',
    what: `the way to ${hostname} goes through more than ${MOST_HOPS} machines`,
    why: 'ProxyJump of ~/.ssh/config leads back to where it came from',
    fix: `see where it goes: ssh -G ${hostname} | grep proxyjump`,
    exit: EXIT.usage,
  });
}
