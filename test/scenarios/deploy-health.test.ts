import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeployedApp } from '../support/deployed-app.ts';
import { bootLabHost } from '../support/lab.ts';

const host = await bootLabHost('deploy');

describe.skipIf(host === undefined)('a release that has to prove more than a status', () => {
  let app: DeployedApp;
  /** Settings of the health check besides the address. */
  const demand = (settings: string, timeout = '8s') =>
    app.write('tagship.yaml', app.configuration().replace('/health"', `/health", ${settings}`).replace('8s', timeout));

  beforeAll(async () => {
    if (host === undefined) return;
    app = await DeployedApp.make(host, 'proved', 8103);
    await app.release('v0.1.0');
    await app.release('v0.2.0');
  });
  afterAll(() => app?.dispose());

  it('ships when it is itself, takes connections, satisfies a command, and stays so', async () => {
    await demand(
      `body: "health of {tag}", tcp: ${app.port}, command: 'test "$TAGSHIP_TAG" = v0.1.0', steady: 1s`,
      '60s',
    );
    const { exitCode, stderr } = await app.tagship('deploy', 'production', 'v0.1.0');
    expect(stderr).toContain(`ask 127.0.0.1:${app.port} for a connection`);
    expect(stderr).toContain('v0.1.0 serves on production');
    expect(exitCode).toBe(0);
    expect(await app.status()).toMatchObject({ verdict: 'healthy', health: { got: 200, problems: [] } });
  });

  it.each([
    ['text', 'body: "health of v9"', 'last: 200, without the text health of v9'],
    ['a command', 'command: "echo no rows; false"', 'no rows'],
  ])('is taken back when it lacks %s; the old one is asked for its own', async (_what, settings, reason) => {
    await demand(settings);
    const { exitCode, stderr } = await app.tagship('deploy', 'production', 'v0.2.0');
    expect(stderr).toContain(reason);
    expect(stderr).toContain('v0.1.0 serves again');
    expect(exitCode).toBe(5);
    expect(await app.answer()).toBe('v0.1.0');
  });

  it('is told by status as it is, with what it does not satisfy any more', async () => {
    await app.onHost('docker compose stop -t 0');
    const { health } = (await app.status()) as { health: { got: number; problems: string[] } };
    expect(health.got).toBe(0);
    expect(health.problems).toEqual([
      `127.0.0.1:${app.port}: no connection to 127.0.0.1:${app.port}`,
      `http://127.0.0.1:${app.port}/health: no answer`,
    ]);
  });
});
