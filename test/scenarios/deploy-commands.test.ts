import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeployedApp } from '../support/deployed-app.ts';
import { bootLabHost } from '../support/lab.ts';
import { saidBefore, watchAnswers } from '../support/watch-answers.ts';

const host = await bootLabHost('deploy');

describe.skipIf(host === undefined)('commands of a release', () => {
  let app: DeployedApp;
  const deploy = (...args: string[]) => app.tagship('deploy', 'production', ...args);
  /** In the image of the tests the entrypoint is a shell. */
  const configure = (script: string, timeout = '1m') =>
    app.write(
      'tagship.yaml',
      app.configuration(
        'production',
        `    commands: [{ run: ${JSON.stringify(['-c', script])}, service: web, timeout: ${timeout} }]\n`,
      ),
    );
  /** A release whose service keeps data in the app directory, in a folder that git knows, and has a database beside it. */
  const release = async (tag: string) => {
    await app.commitRelease(tag);
    await app.write('data/.gitkeep', '');
    await app.write(
      'docker-compose.yml',
      `services:
  web:
    build: web
    command: /serve.sh
    init: true
    stop_grace_period: 1s
    environment: { RELEASE: "\${TAGSHIP_TAG}", PRICE: "5 $$ or $\${more}" }
    ports: ["${app.port}:8080"]
    volumes: ["./data:/data"]
    depends_on: [db]
  db: { image: tagship-test/base, pull_policy: never, command: ["-c", "exec /bin/busybox nc -ll -p 5432 -e /bin/busybox echo rows"], init: true, stop_grace_period: 1s }
`,
    );
    await app.git('add', '-A');
    await app.git('commit', '-qm', tag);
    await app.git('tag', '-f', '-a', tag, '-m', tag);
    await app.git('push', '-q', 'origin', 'main', tag);
  };
  const asked =
    'for _ in 1 2 3 4 5 6 7 8 9; do rows=$(/bin/busybox nc -w 2 db 5432 </dev/null) && break; /bin/busybox sleep 0.2; done';
  const migrate = `${asked}; echo "$RELEASE of $(/bin/busybox tail -n 1 /data/log 2>/dev/null): $rows, $PRICE" >>/data/log`;
  const log = () => app.onHost('cat data/log');
  const containers = () => app.onHost('docker compose ps --quiet | sort');

  beforeAll(async () => {
    if (host === undefined) return;
    app = await DeployedApp.make(host, 'commands', 8125);
  });
  afterAll(() => app?.dispose());

  it('run before a first deployment serves, with what they depend on', async () => {
    await configure(migrate);
    await release('v0.1.0');
    const { exitCode, stderr } = await deploy();
    expect(stderr).toContain('v0.1.0 serves');
    expect(exitCode).toBe(0);
    expect(await log()).toBe('v0.1.0 of : rows, 5 $ or ${more}');
  });

  it('run in the new image on the real data while the old release serves, whose containers stay', async () => {
    await release('v0.2.0');
    const before = await containers();
    await configure(`${migrate}; /bin/busybox sleep 2; exit 7`);
    const watched = watchAnswers(app);
    const { exitCode, stderr } = await deploy();
    expect(saidBefore(await watched.stop())).toEqual(['v0.1.0']);
    expect(stderr).toContain('a command of it failed, and v0.1.0 serves on');
    expect(stderr).toContain('the command ended with status 7');
    expect(exitCode).toBe(3);
    expect(await containers()).toBe(before);
    expect(await log()).toContain('v0.2.0 of v0.1.0 of : rows, 5 $ or ${more}: rows, 5 $ or ${more}');
    expect(await app.onHost('git describe --tags --exact-match')).toBe('v0.1.0');
    await configure(migrate);
    expect((await deploy()).exitCode).toBe(0);
    expect(await app.answer()).toBe('v0.2.0');
  });

  it('that do not end in time are ended, and nothing of them stays: exit 3', async () => {
    await configure('/bin/busybox sleep 300', '2s');
    await release('v0.3.0');
    const { exitCode, stderr } = await deploy();
    expect(stderr).toContain('did not end in time');
    expect(exitCode).toBe(3);
    expect(await app.onHost('docker ps --all --quiet --filter name=^/tagship-')).toBe('');
    expect(await app.answer()).toBe('v0.2.0');
  });

  it('do not run again on the way to a release that was here', async () => {
    await configure('exit 9');
    expect((await app.tagship('rollback', 'production')).exitCode).toBe(0);
    expect(await app.answer()).toBe('v0.1.0');
  });

  it('that are a text run in the sh of the image', async () => {
    await app.write(
      'tagship.yaml',
      app.configuration('production', `    commands: [{ run: 'touch "/data/it''s $RELEASE"', service: web }]\n`),
    );
    await app.commitRelease('v0.4.0');
    await app.write(
      'web/Dockerfile',
      'FROM tagship-test/base\nCOPY serve.sh /serve.sh\nRUN ["/bin/busybox", "sh", "-c", "/bin/busybox --install /bin"]\n',
    );
    await app.write('docker-compose.yml', `${await app.git('show', 'v0.3.0:docker-compose.yml')}\n`);
    await app.git('add', '-A');
    await app.git('commit', '-qm', 'v0.4.0');
    await app.git('tag', '-f', '-a', 'v0.4.0', '-m', 'v0.4.0');
    await app.git('push', '-q', 'origin', 'main', 'v0.4.0');
    const { exitCode, stderr } = await deploy();
    expect(stderr).toContain('run touch "/data/it\'s $RELEASE" in web of v0.4.0');
    expect(exitCode).toBe(0);
    expect(await app.onHost('ls data')).toContain("it's v0.4.0");
  });

  it('are refused before any runs where the service is not there, or of a profile that is not enabled: exit 3', async () => {
    await app.commitRelease('v0.5.0-draft');
    const tool =
      '  tool: { image: tagship-test/base, pull_policy: never, profiles: [tools], volumes: ["./data:/data"] }\n';
    await app.write('docker-compose.yml', `${await app.git('show', 'v0.1.0:docker-compose.yml')}\n${tool}`);
    await app.git('commit', '-qam', 'v0.5.0');
    await app.git('tag', 'v0.5.0');
    await app.git('push', '-q', 'origin', 'main', 'v0.5.0');
    const run = (service: string) =>
      app.write(
        'tagship.yaml',
        app.configuration(
          'production',
          `    commands: [{ run: ["-c", "echo by the tool >>/data/log"], service: ${service} }]\n`,
        ),
      );
    const before = await log();
    for (const [service, why] of [
      ['tol', 'the Compose file does not have'],
      ['tool', 'is of a profile that is not enabled'],
    ] as const) {
      await run(service);
      const { exitCode, stderr } = await deploy();
      const told = `- a command in tagship.yaml is for service ${service}, which ${why}\n    next: name one of these under commands: db web`;
      expect(stderr).toContain(told);
      expect(exitCode).toBe(3);
    }
    expect([await log(), await app.answer()]).toEqual([before, 'v0.4.0']);
  });
});
