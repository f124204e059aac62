import { type AgentAuthMethod, Client, type ClientChannel, type ConnectConfig, type PublicKeyAuthMethod } from 'ssh2';
import { lineSplitter, scriptCommand, scriptInput } from './host-script.ts';
import type { Host, ScriptOptions, ScriptResult } from './ports.ts';
import type { SshCredentials } from './ssh-credentials.ts';
import { algorithmsFor, hostKeyGuard, type KnownHostsFile } from './ssh-host-key.ts';
import { cannotConnect, linkLost } from './ssh-problems.ts';
import { unlessAborted } from './unless-aborted.ts';

export interface SshTarget {
  readonly user: string;
  readonly hostname: string;
  readonly port: number;
}

/** A link that says nothing for this long, in milliseconds, three times in a row counts as dead. */
const KEEPALIVE_INTERVAL = 5_000;
const CONNECT_TIMEOUT = 15_000;

/**
 * Opens the one connection that everything on this host goes over; each script is a channel of it. A connection that
 * has died is made anew by the next script.
 * @throws Problem `host-key-unknown`, `host-key-changed`, `host-key-revoked`, `ssh-refused`, `agent-unusable` or
 * `host-unreachable`
 */
export async function openSshHost(
  target: SshTarget,
  credentials: SshCredentials,
  knownHosts: KnownHostsFile,
): Promise<Host> {
  const name = `${target.user}@${target.hostname}${target.port === 22 ? '' : `:${target.port}`}`;
  let link = await openLink(name, target, credentials, knownHosts);
  let opening: Promise<Link> | undefined;
  const closing = new AbortController();
  /** Scripts that find the link dead at the same time share the new one. */
  const liveLink = async (signal: AbortSignal | undefined): Promise<Link> => {
    if (link.isOpen()) return link;
    opening ??= openLink(name, target, credentials, knownHosts, closing.signal).finally(() => {
      opening = undefined;
    });
    link = await unlessAborted(opening, signal);
    return link;
  };
  return {
    name,
    run: async (script, options = {}) => {
      const { client } = await liveLink(options.signal);
      return runScript(client, name, script, options);
    },
    close: () => {
      closing.abort();
      return closed(link);
    },
  };
}

interface Link {
  readonly client: Client;
  isOpen(): boolean;
}

async function openLink(
  name: string,
  target: SshTarget,
  credentials: SshCredentials,
  knownHosts: KnownHostsFile,
  signal?: AbortSignal,
): Promise<Link> {
  const guard = hostKeyGuard(target, knownHosts);
  const settings: ConnectConfig = {
    host: target.hostname,
    port: target.port,
    username: target.user,
    readyTimeout: CONNECT_TIMEOUT,
    keepaliveInterval: KEEPALIVE_INTERVAL,
    keepaliveCountMax: 3,
    algorithms: algorithmsFor(target, knownHosts),
    hostVerifier: guard.verify,
    authHandler: authMethods(target.user, credentials),
  };
  const client = await connect(settings, signal).catch((error: Error) => {
    signal?.throwIfAborted();
    throw guard.problem() ?? cannotConnect(name, target, error);
  });
  let isOpen = true;
  client.once('close', () => {
    isOpen = false;
  });
  return { client, isOpen: () => isOpen };
}

function authMethods(username: string, { privateKeys, agent }: SshCredentials) {
  const keys = privateKeys.map((key): PublicKeyAuthMethod => ({ type: 'publickey', username, key }));
  const agents = agent === undefined ? [] : [{ type: 'agent', username, agent } satisfies AgentAuthMethod];
  return [...keys, ...agents];
}

function connect(settings: ConnectConfig, signal: AbortSignal | undefined): Promise<Client> {
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
    client.connect(settings);
    // A script is several small packets; held back for each other's acknowledgement they would cost 40 ms each time.
    client.setNoDelay(true);
  });
}

/** How long we wait for the other side to agree that it is over, in milliseconds; nothing depends on it. */
const GOODBYE = 1_000;

/** Ends the connection, or takes note that it has ended: a dead link is closed already and will not say so again. */
function closed({ client, isOpen }: Link): Promise<void> {
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

function runScript(client: Client, name: string, script: string, options: ScriptOptions): Promise<ScriptResult> {
  const { args = [], onLine, signal } = options;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    // A dead link closes no channels, only the connection as a whole.
    const lost = () => reject(linkLost(name));
    client.once('close', lost);
    client.exec(scriptCommand(args), (error, channel) => {
      if (error !== undefined) return reject(linkLost(name, error));
      const stop = () => {
        channel.close();
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', stop, { once: true });
      collect(channel, onLine, (result) => {
        signal?.removeEventListener('abort', stop);
        client.off('close', lost);
        if (result === undefined) reject(linkLost(name));
        else resolve(result);
      });
      channel.end(scriptInput(script));
    });
  });
}

/** Hands over what the script said and how it ended; undefined when the channel closed without saying how. */
function collect(
  channel: ClientChannel,
  onLine: ((line: string) => void) | undefined,
  done: (result: ScriptResult | undefined) => void,
): void {
  const lines = lineSplitter(onLine ?? (() => {}));
  let stdout = '';
  let stderr = '';
  let ended: { exitCode: number | undefined } | undefined;
  channel.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    lines.push(text);
  });
  channel.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // A script killed by a signal has no exit code, and that is an answer too.
  channel.on('exit', (code: number | null) => {
    ended = { exitCode: code ?? undefined };
  });
  channel.on('error', () => {});
  channel.on('close', () => {
    // Of a line that a dying link tore, nobody knows the rest.
    if (ended?.exitCode !== undefined) lines.end();
    done(ended === undefined ? undefined : { ...ended, stdout, stderr });
  });
}
