import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeployedApp } from '../support/deployed-app.ts';
import { bootLabHost } from '../support/lab.ts';

const host = await bootLabHost('deploy');

/** Nothing as the other scenarios have it: Compose file in a folder, a user who is not root, files that are mounted. */
describe.skipIf(host === undefined)('an app whose files matter', () => {
  let app: DeployedApp;

  interface Release {
    readonly greeting: string;
    readonly crash?: boolean;
    readonly files?: Readonly<Record<string, string>>;
  }
  async function release(tag: string, { greeting, crash = false, files = {} }: Release): Promise<void> {
    const all: Record<string, string> = {
      'deploy/compose.yml': composeFile(app.port, crash),
      'web/Dockerfile': 'FROM tagship-test/base\nCOPY serve.sh answer.sh /\nUSER 1000:1000\nCMD ["/serve.sh"]\n',
      'web/serve.sh': 'exec /bin/busybox nc -ll -p 8080 -e /bin/busybox sh /answer.sh\n',
      'web/answer.sh': `read -r _\nprintf 'HTTP/1.0 200 OK\\r\\n\\r\\n'\n/bin/busybox cat /greeting\n`,
      'conf/greeting': `${greeting}\n`,
      ...files,
    };
    for (const [path, content] of Object.entries(all)) await app.write(path, content);
    await app.git('add', '-f', '-A');
    await app.git('commit', '-q', '-m', tag);
    await app.git('tag', tag);
    await app.git('push', '-q', 'origin', 'main', tag);
  }
  const deploy = (...args: string[]) => app.tagship('deploy', 'production', ...args);

  beforeAll(async () => {
    if (host === undefined) return;
    app = await DeployedApp.make(host, 'files', 8095);
    const written = app.configuration().replace(app.appPath, `${app.appPath}//`);
    await app.write('tagship.yaml', `${written}    compose: ./deploy//compose.yml\n`);
    await release('v0.1.0', { greeting: 'one' });
  });
  afterAll(() => app?.dispose());

  it('runs as the user it is built for, who can read what was copied into the image and what is mounted', async () => {
    const { exitCode, stderr } = await deploy();
    expect(stderr).toContain('v0.1.0 serves');
    expect(exitCode).toBe(0);
    expect(await app.answer()).toBe('one');
  });

  it('has files and git objects of the mode their user’s umask says, in the checkout and in the image', async () => {
    const made = await app.onHost(`
      touch by-hand && stat -c %a by-hand && rm by-hand
      stat -c %a conf/greeting web/serve.sh .git/index
      docker compose -f deploy/compose.yml exec -T web /bin/busybox stat -c %a /serve.sh`);
    const [byHand, ...others] = made.split('\n');
    expect(others).toEqual(others.map(() => byHand));
  });

  it('is seen where it runs, although its Compose file is in a folder and the path is written loosely', async () => {
    expect(await app.status()).toMatchObject({ verdict: 'healthy', differences: [] });
  });

  it('serves the new content of a mounted file when nothing else has changed, and the old one after a rollback', async () => {
    await release('v0.2.0', { greeting: 'two' });
    expect((await deploy()).exitCode).toBe(0);
    expect(await app.answer()).toBe('two');
    expect((await app.tagship('rollback', 'production')).exitCode).toBe(0);
    expect(await app.answer()).toBe('one');
    expect((await deploy()).exitCode).toBe(0);
    expect(await app.answer()).toBe('two');
  });

  it('leaves a container alone whose mounted files are the same', async () => {
    const running = () => app.onHost('docker compose -f deploy/compose.yml ps -q');
    const before = await running();
    await release('v0.2.1', { greeting: 'two', files: { 'README.md': 'nothing that is mounted\n' } });
    expect((await deploy()).exitCode).toBe(0);
    expect(await running()).toBe(before);
  });

  it('has its old files mounted again when a release is taken back', async () => {
    await release('v0.3.0', { greeting: 'three', crash: true });
    const { exitCode, stderr } = await deploy();
    expect(stderr).toContain('v0.2.1 serves again');
    expect(exitCode).toBe(5);
    expect(await app.answer()).toBe('two');
  });

  it('keeps what only the host has: a release that brings a file of that name is refused, and nothing is touched', async () => {
    await app.onHost(
      'echo /.env >>.git/info/exclude; echo SECRET=only-here >.env; mkdir -p data; echo kept >data/rows',
    );
    await release('v0.4.0', { greeting: 'four', crash: true, files: { '.env': 'SECRET=\n', data: 'a file\n' } });
    const { exitCode, stderr } = await deploy();
    expect(stderr).toContain('stand here untracked');
    expect(stderr).toContain('.env data/rows');
    expect(exitCode).toBe(3);
    expect(await app.onHost('cat .env data/rows')).toBe('SECRET=only-here\nkept');
    expect(await app.answer()).toBe('two');
    await app.git('rm', '-q', '.env', 'data');
  });

  it('is not taken for one that was never deployed when no container of it is seen', async () => {
    await app.onHost('docker compose -f deploy/compose.yml down 2>/dev/null');
    await release('v0.5.0', { greeting: 'five' });
    const { exitCode, stderr } = await deploy();
    expect(stderr).toContain('history says v0.2.1 runs');
    expect(stderr).toContain('taken down by hand, perhaps');
    expect(exitCode).toBe(3);
    const [next, command] = /next: on \S+: (.*)/.exec(stderr) ?? [];
    expect((await app.tagship('status', 'production')).stdout).toContain(next);
    await app.onHost(`${command} 2>/dev/null`);
    expect((await deploy()).exitCode).toBe(0);
    expect(await app.answer()).toBe('five');
  });

  it('where somebody has checked another release out, says so before a deployment, and how to have the deployed one back', async () => {
    await app.onHost('git checkout -q v0.3.0');
    await release('v0.6.0', { greeting: 'six', crash: true });
    const { stdout } = await deploy('--dry-run');
    expect(stdout).toContain('v0.5.0 was deployed last, but v0.3.0 is checked out there');
    const [, command = ''] = /to have v0\.5\.0 back first: tagship (.*)/.exec(stdout) ?? [];
    expect((await app.tagship(...command.split(' '))).exitCode).toBe(0);
    expect((await deploy()).exitCode).toBe(5);
    expect([await app.answer(), await app.onHost('git describe --tags')]).toEqual(['five', 'v0.5.0']);
    expect(await app.status()).toMatchObject({ verdict: 'healthy', differences: [] });
  });
});

function composeFile(port: number, crash: boolean): string {
  return `services:
  web:
    build: ../web
    ${crash ? 'command: ["-c", "exit 3"]' : 'init: true'}
    restart: unless-stopped
    stop_grace_period: 1s
    volumes: ["../conf/greeting:/greeting:ro"]
    ports: ["${port}:8080"]
`;
}
