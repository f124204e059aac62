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

  it('has the names by which a person goes back by hand', async () => {
    expect(await app.onHost('docker image inspect -f ok v1_web:previous')).toBe('ok');
  });
});
