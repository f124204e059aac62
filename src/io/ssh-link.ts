import { spawn } from 'node:child_process';
import { Duplex } from 'node:stream';
import { type AgentAuthMethod, Client, type ConnectConfig, type ParsedKey, type PublicKeyAuthMethod } from 'ssh2';
import type { Secret } from '../core/secret.ts';
import { fingerprint, keyTypeOf } from './known-hosts.ts';
import { rememberHostKey } from './known-hosts-file.ts';
import { type SshCredentials, unlockKey } from './ssh-credentials.ts';
import type { SshHop, SshQuestions } from './ssh-hop.ts';
import { algorithmsFor, hostKeyGuard, isCertified, keyNameOf, type Stranger } from './ssh-host-key.ts';
import { cannotConnect, hostKeyProblem } from './ssh-problems.ts';

/** A connection, and those it goes through. */
export interface SshLink {
  readonly client: Client;
  isOpen(): boolean;
  close(): Promise<void>;
}

/** A link that says nothing for this long, in milliseconds, three times in a row counts as dead. */
const KEEPALIVE_INTERVAL = 5_000;
const CONNECT_TIMEOUT = 15_000;
/** How often a passphrase may be mistyped. */
const TRIES = 3;

/** What there is besides the route to get in with. */
export interface SshMeans {
  /** Undefined where nobody can be asked. */
  readonly questions: SshQuestions | undefined;
  readonly environment: NodeJS.ProcessEnv;
}

/** What has been found out about a machine on the way to a link, and is still true for the next one. */
export interface HopMemory {
  accepted?: Buffer;
  unlocked?: readonly ParsedKey[];
}

/**
 * Connects to the last machine of a route through those before it.
 * @throws Problem `host-key-unknown`, `host-key-changed`, `host-key-revoked`, `ssh-refused`, `agent-unusable` or
 * `host-unreachable`, of whichever machine it is
 */
export async function openLink(
  route: readonly SshHop[],
  memories: ReadonlyMap<SshHop, HopMemory>,
  means: SshMeans,
  signal: AbortSignal | undefined,
): Promise<SshLink> {
  const clients: Client[] = [];
  try {
    for (const hop of route) {
      const through = clients.at(-1);
      const dial = () => dialTo(hop, through);
      clients.push(await connectTo(hop, dial, memories.get(hop) ?? {}, means, signal));
    }
  } catch (error) {
    for (const client of clients) client.destroy();
    throw error;
  }
  const client = clients.at(-1);
  if (client === undefined) throw new TypeError('a route leads nowhere');
  let isOpen = true;
  client.once('close', () => {
    isOpen = false;
    for (const one of clients) one.end();
  });
  return { client, isOpen: () => isOpen, close: () => closed(client, () => isOpen) };
}

/** Tries until it is in, and asks what would let it in. */
async function connectTo(
  hop: SshHop,
  dial: () => Promise<Duplex | undefined>,
  memory: HopMemory,
  { questions, environment }: SshMeans,
  signal: AbortSignal | undefined,
): Promise<Client> {
  for (;;) {
    const guard = hostKeyGuard(hop.target, hop.knownHosts, memory.accepted);
    try {
      return await connect(settingsFor(hop, guard.verify, memory), await dial(), signal);
    } catch (error) {
      signal?.throwIfAborted();
      const stranger = guard.stranger();
      if (stranger !== undefined) {
        await admit(hop, stranger, questions, environment);
        memory.accepted = stranger.key;
        continue;
      }
      const failure = error as Error & { level?: string };
      const isRefused = failure.level === 'client-authentication' || failure.level === 'agent';
      if (!isRefused || questions === undefined || memory.unlocked !== undefined) throw cannotConnect(hop, failure);
      memory.unlocked = await unlock(hop.credentials, questions);
      if (memory.unlocked.length === 0) throw cannotConnect(hop, failure);
    }
  }
}

/** @throws Problem unless the key is the host's: by a certificate, or because somebody says so, which is remembered */
async function admit(
  hop: SshHop,
  { key, verdict }: Stranger,
  questions: SshQuestions | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const { name, target, knownHosts } = hop;
  if (verdict === 'changed' || verdict === 'revoked') throw hostKeyProblem(verdict, hop, key);
  const isVouched = await isCertified(target, knownHosts, key, environment);
  if (isVouched) return;
  const stranger = { host: name, keyType: keyTypeOf(key), fingerprint: fingerprint(key) };
  if (!(await questions?.trusts(stranger))) {
    throw hostKeyProblem(isVouched === undefined ? 'unknown' : 'uncertified', hop, key);
  }
  await rememberHostKey(knownHosts, keyNameOf(target), key);
}

async function unlock({ locked }: SshCredentials, questions: SshQuestions): Promise<readonly ParsedKey[]> {
  const keys: ParsedKey[] = [];
  for (const file of locked) {
    let passphrase: Secret | undefined;
    for (let tries = 0; tries < TRIES; tries += 1) {
      passphrase = await questions.passphrase(file.path, passphrase);
      const key = unlockKey(file, passphrase);
      if (key === undefined) continue;
      keys.push(key);
      break;
    }
  }
  return keys;
}

function settingsFor(
  { target, credentials, knownHosts }: SshHop,
  hostVerifier: (key: Buffer) => boolean,
  memory: HopMemory,
): ConnectConfig {
  const { user: username, hostname, port } = target;
  const keys = [...(memory.unlocked ?? []), ...credentials.privateKeys].map(
    (key): PublicKeyAuthMethod => ({ type: 'publickey', username, key }),
  );
  const { agent } = credentials;
  const agents = agent === undefined ? [] : [{ type: 'agent', username, agent } satisfies AgentAuthMethod];
  return {
    host: hostname,
    port,
    username,
    readyTimeout: CONNECT_TIMEOUT,
    keepaliveInterval: KEEPALIVE_INTERVAL,
    keepaliveCountMax: 3,
    algorithms: algorithmsFor(target, knownHosts),
    hostVerifier,
    authHandler: [...keys, ...agents],
  };
}

/** What the connection goes over; undefined for TCP. */
async function dialTo({ target, proxyCommand }: SshHop, through: Client | undefined): Promise<Duplex | undefined> {
  const { hostname, port } = target;
  if (through !== undefined) {
    return new Promise((resolve, reject) => {
      through.forwardOut('127.0.0.1', 0, hostname, port, (error, channel) => {
        if (error === undefined) resolve(channel);
        else reject(error);
      });
    });
  }
  if (proxyCommand === undefined) return undefined;
  const child = spawn('sh', ['-c', `exec ${proxyCommand}`], { stdio: ['pipe', 'pipe', 'ignore'] });
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
  child.on('error', (error) => stream.destroy(error));
  return stream.on('close', () => child.kill());
}

function connect(settings: ConnectConfig, sock: Duplex | undefined, signal: AbortSignal | undefined): Promise<Client> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const client = new Client();
    const stop = () => client.destroy();
    signal?.addEventListener('abort', stop, { once: true });
    let agentFailure: Error | undefined;
    // Later errors reach whoever waits for a script, through the channel's close; here they only must not go unheard.
    client.on('error', (error: Error & { level?: string }) => {
      // ssh2 goes on without the agent; that it failed matters only when nothing else lets us in.
      if (error.level === 'agent') agentFailure = error;
      else reject(agentFailure !== undefined && error.level === 'client-authentication' ? agentFailure : error);
    });
    client.once('ready', () => {
      signal?.removeEventListener('abort', stop);
      resolve(client);
    });
    client.once('close', () => reject(new Error('the connection was closed before it was set up')));
    client.connect(sock === undefined ? settings : { ...settings, sock });
    // A script is several small packets; held back for each other's acknowledgement they would cost 40 ms each time.
    client.setNoDelay(true);
  });
}

/** How long we wait for the other side to agree that it is over, in milliseconds; nothing depends on it. */
const GOODBYE = 1_000;

/** Ends the connection, or takes note that it has ended: a dead link is closed already and will not say so again. */
function closed(client: Client, isOpen: () => boolean): Promise<void> {
  if (!isOpen()) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      client.destroy();
      resolve();
    }, GOODBYE);
    client.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    client.end();
  });
}
