import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeployedApp } from '../support/deployed-app.ts';
import { bootLabHost } from '../support/lab.ts';
import { RunningTagship } from '../support/running-tagship.ts';

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
      mkdir -p "../else where/before" && cd "../else where/before"
      printf 'services:\\n  web: { image: tagship-test/base, command: ["-c", "/bin/busybox sleep 600"], init: true }\\n' >docker-compose.yml
      docker compose up -d`);
    const { exitCode, stderr } = await deploy();
    const running = await app.onHost(
      'cd "../else where/before" && docker compose ps --quiet && docker compose down -t 0 && rm -r "../../else where"',
    );
    expect(stderr).toContain('before-web-1 (started from /home/pi/else where/before)');
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
  it.each([
    ['in its Compose file', 'v0.6.0', 'needs-env', 'GREETING'],
    ['to build an image', 'v0.6.1', 'build-needs-env', 'SCRIPT'],
  ] as const)(
    'stays when the release needs a variable %s that is not set, and which is told: exit 3',
    async (_where, tag, behaviour, variable) => {
      await app.release(tag, behaviour);
      const { exitCode, stderr } = await deploy();
      expect(stderr).toContain(`set neither in .env nor by tagship: ${variable}`);
      expect(exitCode).toBe(3);
      expect(await app.answer()).toBe('v0.4.0');
    },
  );

  it('is told honestly by status: exit 0 once it is told, healthy or not', async () => {
    const told = async () => {
      const { exitCode, stdout } = await app.tagship('status', 'production', '--json');
      const { healthy, hosts } = JSON.parse(stdout);
      return { exitCode, healthy, verdict: hosts[0].verdict };
    };
    expect(await told()).toEqual({ exitCode: 0, healthy: true, verdict: 'healthy' });
    await app.onHost('docker compose stop');
    expect(await told()).toEqual({ exitCode: 0, healthy: false, verdict: 'down' });
    await app.onHost('docker compose start');
  });

  it('and has changed since the question was asked is not replaced on a late yes: exit 3, and the host says look again', async () => {
    await app.release('v0.7.0');
    await app.release('v0.8.0');
    const asked = new RunningTagship(app.path, ['deploy', 'production', 'v0.7.0'], { typed: true });
    await asked.says('[Y/n]');
    expect((await deploy('v0.8.0')).exitCode).toBe(0);
    asked.type('y\n');
    const { exitCode, stderr } = await asked.finished;
    expect(stderr).toContain('another run has begun since the plan was made');
    expect(stderr).toContain('next: tagship deploy production v0.7.0');
    expect(exitCode).toBe(3);
    expect(await app.answer()).toBe('v0.8.0');
  });
});
