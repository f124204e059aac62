import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type ssh2 from 'ssh2';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Problem } from '../../src/core/problem.ts';
import { Secret } from '../../src/core/secret.ts';
import { knownHostName } from '../../src/io/known-hosts.ts';
import { routeTo, type SshOverrides, type SshQuestions } from '../../src/io/ssh-hop.ts';
import { openSshHost } from '../../src/io/ssh-host.ts';
import type { SshAddress } from '../../src/io/ssh-settings.ts';
import { emptyAgent, keyPair, type SshServer, serveSsh } from '../support/ssh-server.ts';

const hostKey = keyPair();
const userKey = keyPair();

let home: string;
let knownHosts: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tagship-ssh-'));
  knownHosts = join(home, '.ssh/known_hosts');
  mkdirSync(join(home, '.ssh'));
  vi.stubEnv('HOME', home);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(home, { recursive: true, force: true });
  });
});

const inHome = (name: string, content: string) => writeFileSync(join(home, '.ssh', name), content, { mode: 0o600 });
const hasKeyFile = (name = 'id_ed25519', key = userKey.private) => inHome(name, key);
const isKnown = ({ port }: SshServer, key = hostKey.public) =>
  appendFileSync(knownHosts, `${knownHostName('127.0.0.1', port)} ${key}\n`);
const serve = () => serveSsh(hostKey, userKey.public);

/** "ok", or the code, or what else is named, of the problem that logging in came to. */
async function login(
  address: SshAddress,
  { environment = {}, questions, ...overrides }: SshOverrides & { environment?: object; questions?: SshQuestions } = {},
  told: 'code' | 'fix' = 'code',
): Promise<string> {
  const all = { PATH: process.env.PATH, ...environment };
  try {
    const route = await routeTo(address, overrides, all);
    const host = await openSshHost('pi', route, { questions, environment: all });
    await host.close();
    return 'ok';
  } catch (error) {
    return (error as Problem)[told];
  }
}

/** Logs in as pi to a server that is known. */
async function loginToKnown(options: Parameters<typeof login>[1] = {}): Promise<string> {
  const server = await serve();
  isKnown(server);
  return login({ user: 'pi', hostname: '127.0.0.1', port: server.port }, options);
}

/** Answers of a person; every question is written down. */
function answering(answers: { trusts?: boolean; passphrases?: readonly string[] }) {
  const asked: string[] = [];
  const left = [...(answers.passphrases ?? [])];
  const questions: SshQuestions = {
    trusts: async ({ host, fingerprint }) => {
      asked.push(`${host} ${fingerprint}`);
      return answers.trusts ?? false;
    },
    passphrase: async (path) => {
      asked.push(path);
      return new Secret(left.shift() ?? '');
    },
  };
  return { asked, questions };
}

describe('logging in over ssh', () => {
  it('uses a key file although the agent is empty', async () => {
    hasKeyFile();
    const agent = await emptyAgent(join(home, 'agent.sock'));
    expect(await loginToKnown({ environment: { SSH_AUTH_SOCK: agent } })).toBe('ok');
  });

  it('uses a key file although the socket of the agent is long stale', async () => {
    hasKeyFile();
    expect(await loginToKnown({ environment: { SSH_AUTH_SOCK: join(home, 'gone.sock') } })).toBe('ok');
  });

  it('tries every usual key file, not only the first', async () => {
    hasKeyFile('id_ed25519', keyPair().private);
    hasKeyFile('id_rsa');
    expect(await loginToKnown()).toBe('ok');
  });

  it('with the named identity alone does without the usual ones', async () => {
    hasKeyFile();
    hasKeyFile('other', keyPair().private);
    expect(await loginToKnown({ identity: '~/.ssh/other' })).toBe('ssh-refused');
    expect(await loginToKnown({ identity: '~/.ssh/none' })).toBe('identity-missing');
    hasKeyFile('other', 'no key');
    expect(await loginToKnown({ identity: '~/.ssh/other' })).toBe('identity-unusable');
  });

  it('says that the agent cannot be asked where nothing else lets us in', async () => {
    const agent = await emptyAgent(join(home, 'agent.sock'));
    expect(await loginToKnown({ environment: { SSH_AUTH_SOCK: join(home, 'gone.sock') } })).toBe('agent-unusable');
    expect(await loginToKnown({ environment: { SSH_AUTH_SOCK: agent } })).toBe('ssh-refused');
    expect(await loginToKnown()).toBe('ssh-refused');
  });
});

describe('a key with a passphrase', () => {
  const path = () => join(home, '.ssh/id_ed25519');
  const makeLocked = () => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'open sesame', '-f', path()]);
    return readFileSync(`${path()}.pub`, 'utf8');
  };
  async function server() {
    const one = await serveSsh(hostKey, makeLocked());
    isKnown(one);
    return { hostname: '127.0.0.1', port: one.port, user: 'pi' };
  }

  it('is asked for it at a terminal, and again when it was wrong', async () => {
    const { asked, questions } = answering({ passphrases: ['wrong', 'open sesame'] });
    expect(await login(await server(), { questions })).toBe('ok');
    expect(asked).toEqual([path(), path()]);
  });

  it('is named where nobody can be asked, or nobody knows it', async () => {
    const address = await server();
    expect(await login(address)).toBe('identity-locked');
    expect(await login(address, { questions: answering({}).questions })).toBe('identity-locked');
  });

  it('is used by way of the agent that holds it, and nobody asked', async () => {
    const address = await server();
    const { asked, questions } = answering({});
    const environment = { SSH_AUTH_SOCK: await agentWith(path(), 'open sesame') };
    expect(await login(address, { environment, questions })).toBe('ok');
    expect(asked).toEqual([]);
  });

  it('is the only one of an agent that is shown, where only named identities count', async () => {
    const address = await server();
    const environment = { SSH_AUTH_SOCK: await agentWith(path(), 'open sesame') };
    inHome('config', 'IdentitiesOnly yes\nIdentityFile ~/.ssh/other\n');
    expect(await login(address, { environment })).toBe('ssh-refused');
    inHome('config', 'IdentitiesOnly yes\nIdentityFile ~/.ssh/id_ed25519\n');
    expect(await login(address, { environment })).toBe('ok');
  });

  /** A real agent that holds one key. */
  async function agentWith(key: string, passphrase: string): Promise<string> {
    const socket = join(home, 'real-agent.sock');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    onTestFinished(() => void agent.kill());
    // 1: it answers, and holds none.
    const held = () => spawnSync('ssh-add', ['-l'], { env: { ...process.env, SSH_AUTH_SOCK: socket } }).status;
    await expect.poll(held).toBe(1);
    inHome('ask', `#!/bin/sh\necho '${passphrase}'\n`);
    execFileSync('chmod', ['+x', join(home, '.ssh/ask')]);
    const env = { ...process.env, SSH_AUTH_SOCK: socket, SSH_ASKPASS: join(home, '.ssh/ask'), DISPLAY: 'none' };
    execFileSync('setsid', ['ssh-add', '-q', key], { env, stdio: 'ignore' });
    return socket;
  }
});

describe('the key of a host', () => {
  const at = ({ port }: SshServer) => ({ user: 'pi', hostname: '127.0.0.1', port });
  beforeEach(() => hasKeyFile());

  it('that differs from the one on file is refused, and nobody asked', async () => {
    const server = await serve();
    isKnown(server, keyPair().public);
    const { asked, questions } = answering({ trusts: true });
    expect(await login(at(server), { questions })).toBe('host-key-changed');
    expect(asked).toEqual([]);
  });

  it('that is on file nowhere is refused where nobody can be asked, or the answer is no', async () => {
    const server = await serve();
    expect(await login(at(server))).toBe('host-key-unknown');
    expect(await login(at(server), { questions: answering({}).questions })).toBe('host-key-unknown');
    expect(existsSync(knownHosts)).toBe(false);
  });

  it('is shown by its fingerprint at the first connection, remembered, and never asked about again', async () => {
    const server = await serve();
    writeFileSync(knownHosts, '# no newline at the end');
    const { asked, questions } = answering({ trusts: true });
    expect(await login(at(server), { questions })).toBe('ok');
    expect(await login(at(server), { questions })).toBe('ok');
    writeFileSync(join(home, 'host.pub'), hostKey.public);
    const [, fingerprint] = String(execFileSync('ssh-keygen', ['-lf', join(home, 'host.pub')])).split(' ');
    expect(asked).toEqual([`pi@127.0.0.1:${server.port} ${fingerprint}`]);
    const found = execFileSync('ssh-keygen', ['-F', `[127.0.0.1]:${server.port}`, '-f', knownHosts]);
    expect(String(found)).toContain(hostKey.public.split(' ')[1]);
  });

  it('is remembered under a hashed name where ssh does so, and in the file that is named', async () => {
    const server = await serve();
    inHome('config', 'HashKnownHosts yes\nUserKnownHostsFile ~/.ssh/mine\n');
    const { questions } = answering({ trusts: true });
    expect(await login(at(server), { questions })).toBe('ok');
    expect(readFileSync(join(home, '.ssh/mine'), 'utf8')).toMatch(/^\|1\|/);
    expect(await login(at(server))).toBe('ok');
  });

  it('is looked up under its alias', async () => {
    const server = await serve();
    inHome('config', `Host kitchen\n  HostName 127.0.0.1\n  Port ${server.port}\n  User pi\n  HostKeyAlias Kitchen\n`);
    writeFileSync(knownHosts, `kitchen ${hostKey.public}\n`);
    expect(await login({ hostname: 'kitchen' })).toBe('ok');
  });
});

describe('~/.ssh/config', () => {
  it('tells where a name leads and who logs in there; what is written in tagship.yaml goes before it', async () => {
    const server = await serve();
    isKnown(server);
    hasKeyFile('deploy-key');
    inHome('config', `Include ${home}/.ssh/mor?\nHost * !kitchen\n  User nobody\n`);
    inHome(
      'more',
      `Host kit*\n HostName 127.0.0.1\n Port ${server.port}\n User deploy\n IdentityFile ~/.ssh/deploy-key\n`,
    );
    expect(await login({ hostname: 'kitchen' })).toBe('ok');
    expect(await login({ hostname: 'kitchen', user: 'pi' })).toBe('ok');
    expect(server.users).toEqual(['deploy', 'pi']);
  });

  it('leads through one host, and through several', async () => {
    const [first, second, last] = [await serve(), await serve(), await serve()];
    hasKeyFile();
    for (const server of [first, second, last]) isKnown(server);
    inHome(
      'config',
      `Host second\n  HostName 127.0.0.1\n  Port ${second.port}\n  User two
Host near\n  ProxyJump one@127.0.0.1:${first.port}
Host far\n  ProxyJump one@127.0.0.1:${first.port},second
Host near far\n  HostName 127.0.0.1\n  Port ${last.port}\n  User pi\n`,
    );
    expect(await login({ hostname: 'near' })).toBe('ok');
    expect(first.forwarded).toEqual([`127.0.0.1:${last.port}`]);
    expect(await login({ hostname: 'far' })).toBe('ok');
    expect(first.forwarded.at(-1)).toBe(`127.0.0.1:${second.port}`);
    expect(second.forwarded).toEqual([`127.0.0.1:${last.port}`]);
    expect([first.users, second.users, last.users]).toEqual([['one', 'one'], ['two'], ['pi', 'pi']]);
  });

  it('is what ssh reads, too, when a key is to be met or a login tried by hand: names stay as they were written', async () => {
    const [first, second, last] = [await serve(), await serve(), await serve()];
    hasKeyFile();
    isKnown(first);
    inHome(
      'config',
      `Host near\n  ProxyJump 127.0.0.1:${first.port}\n  HostName 127.0.0.1\n  Port ${last.port}
Host far\n  ProxyJump one@127.0.0.1:${first.port},second\n
Host second\n  HostName 127.0.0.1\n  Port ${second.port}\nHost shut\n  HostName 127.0.0.1\n  Port 1\n`,
    );
    const advice = (address: SshAddress) => login(address, {}, 'fix');
    const meet = 'ssh -o UserKnownHostsFile=~/.ssh/known_hosts';
    expect(await advice({ hostname: 'near', user: 'pi' })).toMatch(`${meet} pi@near true`);
    expect(await advice({ hostname: 'far' })).toMatch(`${meet} -o ProxyJump=one@127.0.0.1:${first.port} second true`);
    expect(await advice({ hostname: 'shut' })).toBe('ssh shut true');
    expect(await advice({ hostname: '127.0.0.1', port: 1, user: 'pi' })).toBe('ssh -p 1 pi@127.0.0.1 true');
  });

  it('that goes round in circles is refused', async () => {
    inHome('config', 'Host a\n  ProxyJump b\nHost b\n  ProxyJump a\n');
    expect(await login({ hostname: 'a' })).toBe('ssh-config-invalid');
  });

  it('leads through a command of the user', async () => {
    const server = await serve();
    isKnown(server);
    hasKeyFile();
    const relay = `${process.execPath} -e 'const s=require("net").connect(+process.argv[2],process.argv[1]);process.stdin.pipe(s).pipe(process.stdout)' %h %p`;
    inHome('config', `Host tunnel\n  HostName 127.0.0.1\n  Port ${server.port}\n  ProxyCommand ${relay}\n`);
    expect(await login({ hostname: 'tunnel', user: 'pi' })).toBe('ok');
    inHome('config', 'Host tunnel\n  ProxyCommand false\n');
    expect(await login({ hostname: 'tunnel', user: 'pi' })).toBe('host-unreachable');
  });

  it('that ssh does not understand is refused, and so is one that no ssh is there to read', async () => {
    inHome('config', 'Hots kitchen\n');
    expect(await login({ hostname: 'kitchen' })).toBe('ssh-config-invalid');
    expect(await login({ hostname: 'kitchen' }, { environment: { PATH: home } })).toBe('ssh-missing');
  });
});

describe('a connection that has died', () => {
  /** A host whose connections answer scripts with their number, and can be hung up. */
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
    const server = await serveSsh(hostKey, userKey.public, answer);
    isKnown(server);
    const environment = { PATH: process.env.PATH };
    const route = await routeTo({ user: 'pi', hostname: '127.0.0.1', port: server.port }, {}, environment);
    const host = await openSshHost('pi', route, { questions: undefined, environment });
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

it('an abort that comes while a script is being started ends it, whatever the host says', async () => {
  const interrupted = new AbortController();
  const server = await serveSsh(hostKey, userKey.public, (client) =>
    client.on('session', (accept) =>
      accept().on('exec', (takeOn) => {
        interrupted.abort();
        takeOn();
      }),
    ),
  );
  isKnown(server);
  hasKeyFile();
  const environment = { PATH: process.env.PATH };
  const route = await routeTo({ user: 'pi', hostname: '127.0.0.1', port: server.port }, {}, environment);
  const host = await openSshHost('pi', route, { questions: undefined, environment });
  // Without it the script would be waited for.
  const end = await Promise.race([
    host.run('sleep 60', { signal: interrupted.signal }).catch((error: Error) => error.name),
    new Promise((resolve) => setTimeout(resolve, 30_000, 'goes on')),
  ]);
  await host.close();
  expect(end).toBe('AbortError');
});
