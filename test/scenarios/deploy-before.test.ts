import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeployedApp } from '../support/deployed-app.ts';
import { bootLabHost } from '../support/lab.ts';

const host = await bootLabHost('deploy');

describe.skipIf(host === undefined)('what was there before a deployment', () => {
  let app: DeployedApp;
  const deploy = (...args: string[]) => app.tagship('deploy', 'production', ...args);
  const configure = (status: number) =>
    app.write('tagship.yaml', app.configuration().replace('/health"', `/health", status: ${status}`));

  beforeAll(async () => {
    if (host === undefined) return;
    app = await DeployedApp.make(host, 'before', 8096);
    // Its health is 500 for ever, and so it is configured at first.
    await app.release('v0.1.0', 'health-500');
    await configure(500);
  });
  afterAll(() => app?.dispose());

  it('is left alone where it is another folder’s, of the same project name: exit 3', async () => {
    await app.onHost(`
      mkdir -p ../elsewhere/before && cd ../elsewhere/before
      printf 'services:\\n  web: { image: tagship-test/base, command: ["-c", "/bin/busybox sleep 600"], init: true }\\n' >docker-compose.yml
      docker compose up -d`);
    const { exitCode, stderr } = await deploy();
    const running = await app.onHost(
      'cd ../elsewhere/before && docker compose ps --quiet && docker compose down -t 0 && rm -r ../../elsewhere',
    );
    expect(stderr).toContain('before-web-1 (started from /home/pi/elsewhere/before)');
    expect(exitCode).toBe(3);
    expect(running).toMatch(/^[0-9a-f]{12,64}$/);
  });

  it('is judged by the health settings it was deployed with, when a release with others fails: exit 5', async () => {
    expect((await deploy()).exitCode).toBe(0);
    await configure(200);
    await app.release('v0.2.0', 'crash');
    const { exitCode, stderr } = await deploy();
    expect(stderr).toContain('again for a 500');
    expect(stderr).toContain('v0.1.0 serves again');
    expect(exitCode).toBe(5);
    expect(await app.status()).toMatchObject({ verdict: 'healthy', health: { wanted: 500, got: 500 } });
  });

  it('is judged by them when it is rolled back to', async () => {
    await app.release('v0.3.0', 'stops-slowly');
    expect((await deploy()).exitCode).toBe(0);
    expect(await app.status()).toMatchObject({ verdict: 'healthy', health: { wanted: 200, got: 200 } });
    expect((await app.tagship('rollback', 'production')).exitCode).toBe(0);
    expect(await app.answer()).toBe('v0.1.0');
    expect((await deploy('v0.3.0')).exitCode).toBe(0);
  });

  it('may take longer to stop than the new release has to prove itself', async () => {
    await app.release('v0.4.0');
    const { exitCode } = await deploy();
    expect(exitCode).toBe(0);
    expect(await app.answer()).toBe('v0.4.0');
  });

  it('when it was stopped, is back and stopped after a failure, and can be started again: exit 5', async () => {
    const containers = () => app.onHost('docker compose ps --all --format "{{.Service}} {{.State}}"');
    await app.onHost('docker compose stop');
    await app.release('v0.5.0', 'crash');
    const plan = await deploy('--dry-run');
    expect(plan.stdout).toContain('in place of v0.4.0, which is stopped');
    const { exitCode, stderr } = await deploy();
    expect(stderr).toContain('v0.4.0 is back as it was, stopped: nothing serves');
    expect(exitCode).toBe(5);
    expect(await containers()).toMatch(/^web (created|exited)$/);
    expect(await app.status()).toMatchObject({ verdict: 'down', checkout: { tag: 'v0.4.0' } });
    expect((await app.tagship('history', 'production')).stdout).toContain('rolled back to v0.4.0, stopped as before');
    await app.onHost('docker compose start');
    expect(await app.status()).toMatchObject({ verdict: 'healthy' });
    expect(await app.answer()).toBe('v0.4.0');
  });
});
