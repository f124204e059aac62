import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeployedApp } from '../support/deployed-app.ts';
import { eventually } from '../support/eventually.ts';
import { bootLabHost, lab } from '../support/lab.ts';
import { RunningTagship } from '../support/running-tagship.ts';

// Its own Pi, because it pulls the network cable that others would be talking over.
const host = await bootLabHost('deploy-cut');

describe.skipIf(host === undefined)('a deployment that is interrupted', () => {
  let app: DeployedApp;
  const deploy = (tag: string) => new RunningTagship(app.path, ['deploy', 'production', tag]);
  const isOver = async () => (await app.status()).run === undefined;

  beforeAll(async () => {
    if (host === undefined) return;
    app = await DeployedApp.make(host, 'interrupted', 8092);
    await app.release('v0.1.0');
    expect((await app.tagship('deploy', 'production')).exitCode).toBe(0);
  });
  afterAll(async () => {
    if (host !== undefined) await lab('link', host.name, 'up');
    app?.dispose();
  });

  describe('by a cut connection', () => {
    it('goes on by itself, and the client says that it does not know: exit 4', async () => {
      await app.release('v0.2.0', 'slow');
      const tagship = deploy('v0.2.0');
      await tagship.says('→ replace the containers');
      expect((await lab('link', host?.name ?? '', 'down')).exitCode).toBe(0);
      const { exitCode, stderr } = await tagship.finished;
      expect((await lab('link', host?.name ?? '', 'up')).exitCode).toBe(0);
      expect(exitCode).toBe(4);
      expect(stderr).toContain('the host goes on by itself');
      expect(stderr).toContain('next: tagship status production');
    });

    it('has succeeded when the link is back, as status tells', async () => {
      await eventually(isOver, 'the run on the host is over');
      expect(await app.status()).toMatchObject({
        verdict: 'healthy',
        deployed: { tag: 'v0.2.0' },
        checkout: { tag: 'v0.2.0' },
        last: { tag: 'v0.2.0', outcome: 'succeeded' },
      });
      expect(await app.answer()).toBe('v0.2.0');
    });

    it('takes a bad release back with nobody watching', async () => {
      await app.release('v0.2.1', 'health-500');
      const tagship = deploy('v0.2.1');
      await tagship.says('→ replace the containers');
      await lab('link', host?.name ?? '', 'down');
      const { exitCode } = await tagship.finished;
      await lab('link', host?.name ?? '', 'up');
      expect(exitCode).toBe(4);
      await eventually(isOver, 'the run on the host is over');
      expect(await app.status()).toMatchObject({ deployed: { tag: 'v0.2.0' }, last: { outcome: 'rolled_back' } });
      expect(await app.answer()).toBe('v0.2.0');
    });
  });

  it('by Ctrl-C, which only stops the watching: exit 130, and status shows it at work', async () => {
    await app.release('v0.3.0', 'slow');
    const tagship = deploy('v0.3.0');
    await tagship.says('→ wait until every container');
    tagship.interrupt();
    const { exitCode, stderr } = await tagship.finished;
    expect(exitCode).toBe(130);
    expect(stderr).toContain('the host goes on by itself');
    expect(await app.status()).toMatchObject({ run: { state: 'running', about: { tag: 'v0.3.0' } } });
    const second = await app.tagship('deploy', 'production');
    expect(second.stderr).toContain('another deployment is at work');
    expect(second.exitCode).toBe(7);
    await eventually(isOver, 'the run on the host is over');
    expect(await app.answer()).toBe('v0.3.0');
  });

  describe('by a kill of its runner', () => {
    it('is told as interrupted, with the step it was at: exit 4', async () => {
      await app.release('v0.4.0', 'slow');
      const tagship = deploy('v0.4.0');
      await tagship.says('→ wait until every container');
      await app.onHost('kill -9 "$(cat "$(ls -d .git/tagship/runs/*v0.4.0* | tail -n 1)/pid")"');
      const { exitCode, stderr } = await tagship.finished;
      expect(exitCode).toBe(4);
      expect(stderr).toContain('was ended from outside');
      await eventually(async () => ((await app.status()).run as { state: string }).state === 'interrupted', 'free');
      expect(await app.status()).toMatchObject({ run: { step: 'containers', about: { tag: 'v0.4.0' } } });
      expect((await app.tagship('status', 'production')).stdout).toContain('was interrupted at step containers');
    });

    it('lets the next deployment work, which falls back to what served before both', async () => {
      await app.release('v0.4.1', 'crash');
      const { exitCode, stderr } = await app.tagship('deploy', 'production');
      expect(stderr).toContain('the run before this one was interrupted');
      expect(exitCode).toBe(5);
      expect(await app.answer()).toBe('v0.3.0');
      expect((await app.tagship('history', 'production')).stdout).toMatch(/deploy +v0\.4\.0 +interrupted/);
    });

    it('in the middle of a checkout, too', async () => {
      await app.release('v0.5.0');
      const edited = 'echo half >docker-compose.yml; touch .git/index.lock';
      const about =
        '{"schema":1,"run":"killed","kind":"deploy","environment":"production","tag":"v0.5.0","commit":"c","who":"w","tagship":"0"';
      const commit = await app.onHost('git rev-parse HEAD');
      const previous = `{"commit":"${commit}","tag":"v0.3.0","serving":true,"images":[]}`;
      await app.onHost(`${edited}
        cat >>.git/tagship/journal.jsonl <<'END'
{"run":"killed","at":"2026-01-01T00:00:00Z","type":"opened","pid":1,"boot":"b","about":${about},"previous":${previous}}}
{"run":"killed","at":"2026-01-01T00:00:01Z","type":"started","list":"forward","step":"checkout"}
END`);
      expect((await app.tagship('status', 'production')).stdout).toContain('was interrupted at step checkout');
      expect((await app.tagship('deploy', 'production')).exitCode).toBe(0);
      expect(await app.answer()).toBe('v0.5.0');
      expect(await app.onHost('git status --porcelain')).toBe('');
    });
  });
});
