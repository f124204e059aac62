import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeployedApp } from '../support/deployed-app.ts';
import { bootLabHost } from '../support/lab.ts';

const host = await bootLabHost('deploy');

describe.skipIf(host === undefined)('an app whose Compose files are others than before', () => {
  let app: DeployedApp;
  const deploy = (...args: string[]) => app.tagship('deploy', 'production', ...args);
  const projects = () =>
    app.onHost(
      `docker ps --format '{{.Label "com.docker.compose.project"}} {{.Names}}' | grep -E '^(moved|hosting) ' | sort`,
    );
  /** A release whose Compose file stands in `hosting/`, and begins with this. */
  async function moveTo(tag: string, beginning: string) {
    await app.commitRelease(`${tag}-at-root`);
    await app.write('tagship.yaml', `${app.configuration()}    compose: hosting/compose.yml\n`);
    const written = await app.git('show', 'HEAD:docker-compose.yml');
    await app.write('hosting/compose.yml', `${beginning}${written.replace('build: web', 'build: ../web')}\n`);
    await app.git('rm', '-q', 'docker-compose.yml');
    await app.git('add', '-A');
    await app.git('commit', '-q', '-m', `release: ${tag}`);
    await app.git('tag', tag);
    await app.git('push', '-q', 'origin', 'main', tag);
  }

  beforeAll(async () => {
    if (host === undefined) return;
    app = await DeployedApp.make(host, 'moved', 8150);
    const mail = '{ image: tagship-test/base, command: ["-c", "/bin/busybox sleep 9999"], init: true }';
    await app.write('extra.yml', `services:\n  mail: ${mail}\n`);
    await app.release('v0.1.0');
    await app.onHost(`
      git pull -q && TAGSHIP_TAG=by-hand TAGSHIP_VERSION= docker compose -f docker-compose.yml -f extra.yml up -d --build`);
  });
  afterAll(() => app?.dispose());

  it('keeps what was started by hand from a file that compose: does not name: exit 3', async () => {
    const { exitCode, stderr } = await deploy();
    const files = `${app.appPath}/docker-compose.yml,${app.appPath}/extra.yml`;
    expect(stderr).toContain(`start again: moved-mail-1 (service mail, started with ${files})`);
    expect(exitCode).toBe(3);
    expect(await projects()).toBe('moved moved-mail-1\nmoved moved-web-1');
    const [, next = ''] = /next: name all .*if they may go: (.*)/.exec(stderr) ?? [];
    await app.onHost(next);
    expect((await deploy()).exitCode).toBe(0);
    expect(await app.answer()).toBe('v0.1.0');
  });

  it('is not started a second time under the name of another folder, and is told what keeps its own: exit 3', async () => {
    await moveTo('v0.2.0', '');
    const { exitCode, stderr } = await deploy();
    expect(stderr).toContain('is of the Compose project hosting, and what is here is of the project moved');
    expect(stderr).toContain('next: write "name: moved" at the top of the Compose file, and release again');
    // The port is that of the release before, and no reason to stop it.
    expect(stderr).not.toContain('docker stop');
    expect(exitCode).toBe(3);
    expect(await projects()).toBe('moved moved-web-1');
    expect(await app.status()).toMatchObject({ verdict: 'healthy', differences: [] });
  });

  it('moves with its name, and back again', async () => {
    await moveTo('v0.2.1', 'name: moved\n');
    const { exitCode, stderr } = await deploy();
    expect(exitCode, stderr).toBe(0);
    expect(await app.answer()).toBe('v0.2.1');
    expect(await projects()).toBe('moved moved-web-1');
    const back = await app.tagship('rollback', 'production');
    expect(back.exitCode, back.stderr).toBe(0);
    expect(await app.answer()).toBe('v0.1.0');
    // Where the settings have no Compose file any more, and the release has its own.
    expect(await app.status()).toMatchObject({ verdict: 'healthy', differences: [] });
    expect((await deploy()).exitCode).toBe(0);
    expect(await app.answer()).toBe('v0.2.1');
  });
});
