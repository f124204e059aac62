import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeployedApp } from '../support/deployed-app.ts';
import { bootLabHost, mustOnHost } from '../support/lab.ts';

const host = await bootLabHost('old');

describe.skipIf(host === undefined)('a host with docker-compose 1.29', () => {
  let app: DeployedApp;

  beforeAll(async () => {
    if (host === undefined) return;
    await mustOnHost(
      host,
      `command -v docker-compose >/dev/null || { sudo apt-get -qq update && sudo apt-get -qq install -y docker-compose; } >/dev/null 2>&1
      sudo rm -f /usr/local/lib/docker/cli-plugins/docker-compose
      ! docker compose version 2>/dev/null && docker-compose version --short | grep -q '^1\\.29'`,
    );
    app = await DeployedApp.make(host, 'v1', 8105);
    await app.onHost('echo .env >>.git/info/exclude; echo GREETING=one >.env');
    for (const tag of ['v0.1.0', 'v0.2.0', 'v0.3.0']) {
      await app.release(tag);
      const { exitCode, stderr } = await app.tagship('deploy', 'production');
      expect(exitCode, stderr).toBe(0);
    }
  });
  afterAll(() => app?.dispose());

  it.each([
    ['git', 'v0.2.0'],
    ['image', 'v0.1.0'],
    ['git', 'v0.3.0'],
    ['image', 'v0.2.0'],
  ] as const)('is rolled back by %s', async (method, tag) => {
    const { exitCode, stderr } = await app.tagship('rollback', 'production', '--to', tag, '--method', method);
    expect(exitCode, stderr).toBe(0);
    expect(await app.answer()).toBe(tag);
    expect(await app.status()).toMatchObject({ verdict: 'healthy', differences: [] });
    expect(await app.onHost('docker-compose ps -q | wc -l')).toBe('1');
  });

  it('takes a failed deployment back to a release that was started without git: exit 5', async () => {
    await app.release('v0.4.0', 'health-500');
    const { exitCode, stderr } = await app.tagship('deploy', 'production');
    expect(exitCode, stderr).toBe(5);
    expect(await app.answer()).toBe('v0.2.0');
  });

  it('is not held up by a container of a profile that is not enabled, once it has ended', async () => {
    const service =
      '    image: tagship-test/adminer:1.0\n    profiles: [debug]\n    command: ["-c", "exec /bin/busybox sleep 99999"]\n';
    await app.onHost('docker tag tagship-test/base tagship-test/adminer:1.0');
    await app.write('docker-compose.override.yml', `services:\n  adminer:\n${service}`);
    await app.release('v0.5.0');
    expect((await app.tagship('deploy', 'production')).exitCode).toBe(0);
    await app.onHost(
      'docker-compose --profile debug up --detach adminer; docker-compose --profile debug stop -t 1 adminer',
    );
    await app.release('v0.6.0');
    const { exitCode, stderr } = await app.tagship('deploy', 'production');
    expect(exitCode, stderr).toBe(0);
    expect(await app.answer()).toBe('v0.6.0');
    const back = await app.tagship('rollback', 'production', '--method', 'image');
    expect(back.exitCode, back.stderr).toBe(0);
    expect(await app.answer()).toBe('v0.5.0');
    expect(await app.onHost('docker-compose ps --services --filter status=running')).toBe('web');
  });

  it('has the names by which a person goes back by hand', async () => {
    expect(await app.onHost('docker image inspect -f ok v1_web:previous')).toBe('ok');
  });
});
