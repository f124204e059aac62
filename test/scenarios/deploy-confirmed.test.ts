import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeployedApp } from '../support/deployed-app.ts';
import { eventually } from '../support/eventually.ts';
import { bootLabHost } from '../support/lab.ts';
import { RunningTagship } from '../support/running-tagship.ts';

const host = await bootLabHost('deploy');

describe.skipIf(host === undefined)('a deployment that has to be confirmed from outside', () => {
  let app: DeployedApp;
  const confirmAt = (url: string, timeout: string) =>
    app.write('tagship.yaml', `${app.configuration()}    confirm: { url: "${url}", timeout: ${timeout} }\n`);

  beforeAll(async () => {
    if (host === undefined) return;
    app = await DeployedApp.make(host, 'confirmed', 8097);
    await app.release('v0.1.0');
    await confirmAt(`${app.url}/health`, '60s');
  });
  afterAll(() => app?.dispose());

  it('is done once it was seen at its real address', async () => {
    const { exitCode, stderr } = await app.tagship('deploy', 'production');
    expect(stderr).toContain(`${app.url}/health → 200`);
    expect(stderr).toMatch(/✔ see from outside[\s\S]*✔ record v0\.1\.0/);
    expect(exitCode).toBe(0);
  });

  it('is taken back where it is well on the host and not seen outside, and told what was: exit 5', async () => {
    await app.release('v0.2.0');
    await confirmAt(`http://${host?.address}:8099/`, '1s');
    const { exitCode, stderr } = await app.tagship('deploy', 'production');
    expect(stderr).toContain(`seen from outside: http://${host?.address}:8099/ → ECONNREFUSED`);
    expect(stderr).toContain('v0.1.0 serves again');
    expect(exitCode).toBe(5);
    expect(await app.answer()).toBe('v0.1.0');
  });

  it('is taken back when whoever deploys is gone before it was seen, unless somebody else follows', async () => {
    await confirmAt(`http://${host?.address}:8099/`, '1s');
    const gone = new RunningTagship(app.path, ['deploy', 'production', 'v0.2.0']);
    await gone.says('→ see from outside');
    gone.interrupt();
    expect((await gone.finished).exitCode).toBe(130);
    await eventually(async () => (await app.status()).run === undefined, 'the run on the host is over', 120_000);
    expect(await app.status()).toMatchObject({ last: { outcome: 'rolled_back', failedStep: 'confirm' } });
    expect(await app.answer()).toBe('v0.1.0');
  });
});
