import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { EXIT, Problem } from '../core/problem.ts';
import { localPrograms } from './programs.ts';

/** A host as somebody writes it: a name that ~/.ssh/config may know, or an address. */
export interface SshAddress {
  readonly user?: string | undefined;
  readonly hostname: string;
  readonly port?: number | undefined;
}

/** How ssh would reach a host. */
export interface SshSettings {
  readonly user: string;
  readonly hostname: string;
  readonly port: number;
  /** Name its key is on file under, in place of its address and port. */
  readonly hostKeyAlias: string | undefined;
  /** The first is where a key that is accepted goes. */
  readonly knownHosts: readonly string[];
  readonly hashKnownHosts: boolean;
  readonly identityFiles: readonly string[];
  /** Of the agent's keys only those that are named by a file count. */
  readonly identitiesOnly: boolean;
  /** Socket of the agent. */
  readonly agent: string | undefined;
  /** Hosts that the connection goes through, in order. */
  readonly jumps: readonly SshAddress[];
  /** A command of the user's that makes the connection. */
  readonly proxyCommand: string | undefined;
}

/** The client's own answer comes at once; `Match exec` may take its time. */
const LIMIT = 20_000;
const USUAL_IDENTITIES = ['~/.ssh/id_ed25519', '~/.ssh/id_ecdsa', '~/.ssh/id_rsa'];

/**
 * What OpenSSH's client says about a host: it alone knows what its files mean (Include, patterns, Match). Where it is not
 * installed, what it would say without any files.
 * @throws Problem `ssh-config-invalid`, or `ssh-missing` when there is a ~/.ssh/config and nothing to read it
 */
export async function readSshSettings(address: SshAddress, environment: NodeJS.ProcessEnv): Promise<SshSettings> {
  const file = join(homedir(), '.ssh/config');
  // ssh looks for its file where the system says that home is, and takes no notice of HOME.
  const isElsewhere = systemHome() !== undefined && systemHome() !== homedir();
  const from = isElsewhere ? ['-F', existsSync(file) ? file : '/dev/null'] : [];
  const args = [
    ...from,
    ...(address.user === undefined ? [] : ['-l', address.user]),
    ...(address.port === undefined ? [] : ['-p', String(address.port)]),
    ...['-G', '--', address.hostname],
  ];
  const said = await localPrograms('/', environment).run('ssh', args, { timeout: LIMIT });
  if (said === undefined) {
    if (existsSync(file)) throw cannotRead();
    return parseSshSettings('', address, environment);
  }
  if (said.exitCode === 0) return parseSshSettings(said.stdout, address, environment);
  throw new Problem({
    code: 'ssh-config-invalid',
    what: `ssh does not know how to reach ${address.hostname}`,
    why: said.stderr.trim() || `ssh -G ended with status ${said.exitCode ?? 'none'}`,
    fix: `mend ~/.ssh/config until this succeeds: ssh -G ${address.hostname}`,
    exit: EXIT.usage,
  });
}

function cannotRead(): Problem {
  return new Problem({
    code: 'ssh-missing',
    what: 'there is a ~/.ssh/config, and no ssh to read it with',
    why: 'without it a wrong machine might be reached',
    fix: 'install it: sudo apt-get install openssh-client',
    exit: EXIT.refused,
  });
}

/** Reads what `ssh -G` prints: a keyword in lower case and its value on each line. */
function parseSshSettings(text: string, address: SshAddress, environment: NodeJS.ProcessEnv): SshSettings {
  const lines = text.split('\n').map((line) => /^(\S+) (.*)$/.exec(line) ?? []);
  const all = (keyword: string) => lines.flatMap(([, name, value]) => (name === keyword && value ? [value] : []));
  const one = (keyword: string) => all(keyword).find((value) => value !== 'none');
  const user = one('user') ?? address.user ?? localUser();
  const hostname = one('hostname') ?? address.hostname;
  const port = Number(one('port') ?? address.port ?? 22);
  const tokens = { h: hostname, n: address.hostname, p: String(port), r: user, u: localUser(), d: homedir() };
  const path = (written: string) => atHome(expandTokens(written, tokens), environment);
  const agent = one('identityagent') ?? 'SSH_AUTH_SOCK';
  const usesAgent = !all('identityagent').includes('none');
  const proxyCommand = one('proxycommand');
  return {
    user,
    hostname,
    port,
    hostKeyAlias: one('hostkeyalias'),
    knownHosts: [
      ...(one('userknownhostsfile')?.split(' ') ?? ['~/.ssh/known_hosts']),
      ...(one('globalknownhostsfile')?.split(' ') ?? []),
    ].map(path),
    hashKnownHosts: one('hashknownhosts') === 'yes',
    identityFiles: (text === '' ? USUAL_IDENTITIES : all('identityfile')).map(path),
    identitiesOnly: one('identitiesonly') === 'yes',
    agent: usesAgent ? (agent === 'SSH_AUTH_SOCK' ? environment.SSH_AUTH_SOCK : path(agent)) || undefined : undefined,
    jumps: (one('proxyjump') ?? '').split(',').flatMap((jump) => parseJump(jump) ?? []),
    proxyCommand: proxyCommand === undefined ? undefined : expandTokens(proxyCommand, tokens),
  };
}

/** `[ssh://][user@]host[:port]`, an IPv6 address in brackets. */
function parseJump(text: string): SshAddress | undefined {
  const [, user, hostname, port] = /^(?:ssh:\/\/)?(?:(.+)@)?(\[[^\]]+\]|[^:@]+)(?::(\d+))?$/.exec(text) ?? [];
  if (hostname === undefined) return undefined;
  return { user, hostname: hostname.replace(/^\[|\]$/g, ''), port: port === undefined ? undefined : Number(port) };
}

/** The tokens of ssh_config(5); one that is not among these stands for itself, and so names no file. */
function expandTokens(text: string, tokens: Readonly<Record<string, string>>): string {
  return text.replace(/%(.)/g, (whole, token: string) => (token === '%' ? '%' : (tokens[token] ?? whole)));
}

function atHome(path: string, environment: NodeJS.ProcessEnv): string {
  const expanded = path.replace(/^\$(\w+)$|\$\{(\w+)\}/g, (_, bare, braced) => environment[bare ?? braced] ?? '');
  const home = systemHome();
  if (expanded.startsWith('~/')) return join(homedir(), expanded.slice(2));
  // ssh has expanded it itself, by its own idea of home.
  return home !== undefined && expanded.startsWith(`${home}/.ssh/`)
    ? homedir() + expanded.slice(home.length)
    : expanded;
}

function systemHome(): string | undefined {
  try {
    return userInfo().homedir;
  } catch {
    return undefined;
  }
}

function localUser(): string {
  try {
    return userInfo().username;
  } catch {
    return process.env.USER ?? '';
  }
}
