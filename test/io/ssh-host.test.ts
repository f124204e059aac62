import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { knownHostName, parseKnownHosts } from '../../src/io/known-hosts.ts';
import { readCredentials } from '../../src/io/ssh-credentials.ts';
import { openSshHost } from '../../src/io/ssh-host.ts';

/** ssh2 makes a key now and then that it cannot read back itself: one in some hundreds. */
function keyPair(): { readonly public: string; readonly private: string } {
  const pair = ssh2.utils.generateKeyPairSync('ed25519');
  const isReadable = [pair.public, pair.private].every((key) => !(ssh2.utils.parseKey(key) instanceof Error));
  return isReadable ? pair : keyPair();
}

const hostKey = keyPair();
const userKey = keyPair();

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tagship-ssh-'));
  mkdirSync(join(home, '.ssh'));
  vi.stubEnv('HOME', home);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(home, { recursive: true, force: true });
  });
});

/** A real SSH server on loopback that lets in whoever has the user's key. */
async function serve(onClient: (client: ssh2.Connection) => void = () => {}): Promise<number> {
  const allowed = ssh2.utils.parseKey(userKey.public);
  if (allowed instanceof Error) throw allowed;
  const server = new ssh2.Server({ hostKeys: [hostKey.private] }, (client) => {
    client.on('authentication', (context) => {
      const isOurs = context.method === 'publickey' && context.key.data.equals(allowed.getPublicSSH());
      if (isOurs) context.accept();
      else context.reject(['publickey']);
    });
    client.on('error', () => {});
    client.on('ready', () => onClient(client));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return (server.address() as AddressInfo).port;
}

/** An agent that answers and holds no key. */
async function emptyAgent(): Promise<string> {
  const socket = join(home, 'agent.sock');
  const agent = createServer((client) =>
    client.on('data', () => client.write(Buffer.from([0, 0, 0, 5, 12, 0, 0, 0, 0]))),
  );
  await new Promise<void>((resolve) => agent.listen(socket, resolve));
  onTestFinished(() => new Promise<void>((resolve) => agent.close(() => resolve())));
  return socket;
}

const hasKeyFile = (name = 'id_ed25519', key = userKey.private) => writeFileSync(join(home, '.ssh', name), key);

/** "ok", or the code of the problem that logging in came to. */
async function login(environment: NodeJS.ProcessEnv, known = hostKey.public, identity?: string): Promise<string> {
  const target = { user: 'pi', hostname: '127.0.0.1', port: await serve() };
  const entries = parseKnownHosts(`${knownHostName(target.hostname, target.port)} ${known}\n`);
  try {
    const host = await openSshHost(target, await readCredentials(identity, environment), { path: 'known', entries });
    await host.close();
    return 'ok';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('logging in over ssh', () => {
  it('uses a key file although the agent is empty', async () => {
    hasKeyFile();
    expect(await login({ SSH_AUTH_SOCK: await emptyAgent() })).toBe('ok');
  });

  it('uses a key file although the socket of the agent is long stale', async () => {
    hasKeyFile();
    expect(await login({ SSH_AUTH_SOCK: join(home, 'gone.sock') })).toBe('ok');
  });

  it('tries every usual key file, not only the first', async () => {
    hasKeyFile('id_ed25519', keyPair().private);
    hasKeyFile('id_rsa');
    expect(await login({})).toBe('ok');
  });

  it('with the named identity alone does without the usual ones', async () => {
    hasKeyFile();
    hasKeyFile('other', keyPair().private);
    expect(await login({}, hostKey.public, '~/.ssh/other')).toBe('ssh-refused');
  });

  it('says that the agent cannot be asked where nothing else lets us in', async () => {
    expect(await login({ SSH_AUTH_SOCK: join(home, 'gone.sock') })).toBe('agent-unusable');
    expect(await login({ SSH_AUTH_SOCK: await emptyAgent() })).toBe('ssh-refused');
    expect(await login({})).toBe('ssh-refused');
  });

  it('is refused where the host shows another key than the one on file', async () => {
    hasKeyFile();
    expect(await login({}, keyPair().public)).toBe('host-key-changed');
  });
});

describe('a connection that has died', () => {
  /** A host whose every connection answers one script and is gone. */
  async function brief() {
    hasKeyFile();
    const clients: ssh2.Connection[] = [];
    const answer = (client: ssh2.Connection) => {
      clients.push(client);
      client.on('session', (accept) => {
        accept().on('exec', (acceptExec) => {
          const channel = acceptExec();
          channel.write(`answer ${clients.length}\n`);
          channel.exit(0);
          channel.end();
        });
      });
    };
    const target = { user: 'pi', hostname: '127.0.0.1', port: await serve(answer) };
    const entries = parseKnownHosts(`${knownHostName(target.hostname, target.port)} ${hostKey.public}\n`);
    const host = await openSshHost(target, await readCredentials(undefined, {}), { path: 'known', entries });
    onTestFinished(() => host.close());
    return { host, hangUp: () => clients.at(-1)?.end(), connections: () => clients.length };
  }

  it('is made anew by the next script', async () => {
    const { host, hangUp } = await brief();
    expect((await host.run(':')).stdout).toBe('answer 1\n');
    hangUp();
    await expect.poll(async () => (await host.run(':').catch(() => undefined))?.stdout).toBe('answer 2\n');
  });

  it('is made anew once by scripts that find it dead together', async () => {
    const { host, hangUp, connections } = await brief();
    hangUp();
    // Until its end is noticed here, both fail.
    const both = () => Promise.allSettled([host.run(':'), host.run(':')]);
    await expect.poll(async () => (await both()).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect(connections()).toBe(2);
  });
});
