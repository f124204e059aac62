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
  const impatient = () => app.write('tagship.yaml', app.configuration().replace('ssh: {', 'ssh: { reconnect: 2s,'));
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
    it('is followed to its end once the link is back, every step told once', async () => {
      await app.release('v0.1.1', 'slow');
      const tagship = deploy('v0.1.1');
      await tagship.says('→ replace the containers');
      await lab('link', host?.name ?? '', 'down');
      await tagship.says('is lost: trying to get back');
      await lab('link', host?.name ?? '', 'up');
      const { exitCode, stderr } = await tagship.finished;
      expect(exitCode).toBe(0);
      expect(stderr).toContain('v0.1.1 serves on production');
      for (const step of ['→ replace', '✔ replace', '→ wait until every', '→ record v0.1.1']) {
        expect(stderr.split(step)).toHaveLength(2);
      }
    });

    it('goes on by itself, and a client that cannot get back says that it does not know: exit 4', async () => {
      await app.release('v0.2.0', 'slow');
      await impatient();
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
    // However long it is held.
    await app.write('tagship.yaml', app.configuration().replace('timeout: 8s', 'timeout: 2m'));
    await app.release('v0.3.0', 'slow');
    const tagship = deploy('v0.3.0');
    await tagship.says('→ fetch v0.3.0');
    tagship.interrupt();
    const { exitCode, stderr } = await tagship.finished;
    expect(exitCode).toBe(130);
    expect(stderr).toContain('the host goes on by itself');
    await app.hold('v0.3.0');
    expect(await app.status()).toMatchObject({ run: { state: 'running', about: { tag: 'v0.3.0' } } });
    const second = await app.tagship('deploy', 'production', '--no-follow');
    expect(second.stderr).toContain('another deployment is at work');
    expect(second.stderr).toContain('next: tagship deploy production v0.3.0   (follows it)');
    expect(second.exitCode).toBe(7);
    expect((await app.tagship('deploy', 'production', 'v0.2.0')).exitCode).toBe(7);
    const follower = new RunningTagship(app.path, ['deploy', 'production']);
    await follower.says('following that, nothing is started');
    await app.letGo('v0.3.0');
    const followed = await follower.finished;
    expect(followed.stderr).toMatch(/✔ fetch v0\.3\.0[\s\S]*✔ record v0\.3\.0[\s\S]*v0\.3\.0 serves on production/);
    expect(followed.exitCode).toBe(0);
    expect(await app.answer()).toBe('v0.3.0');
    expect((await app.tagship('history', 'production')).stdout.match(/v0\.3\.0/g)).toHaveLength(1);
  });

  describe('by the end of the login, where systemd then ends what it left behind', () => {
    const logind = (settings: string) =>
      app.onHost(`sudo mkdir -p /etc/systemd/logind.conf.d && ${settings} && sudo systemctl restart systemd-logind`);
    beforeAll(async () => {
      if (host === undefined) return;
      await logind(
        "printf '[Login]\\nKillUserProcesses=yes\\n' | sudo tee /etc/systemd/logind.conf.d/kill.conf >/dev/null",
      );
    });
    afterAll(async () => {
      if (host === undefined) return;
      await logind('sudo rm -f /etc/systemd/logind.conf.d/kill.conf && sudo loginctl disable-linger "$(id -un)"');
    });

    it('is refused before anything changed, with the command that mends it: exit 3', async () => {
      await app.release('v0.3.1', 'slow');
      const { exitCode, stderr } = await app.tagship('deploy', 'production');
      expect(stderr).toContain('KillUserProcesses is on');
      expect(stderr).toContain('sudo loginctl enable-linger pi');
      expect(exitCode).toBe(3);
    });

    it('goes on all the same where the user may linger', async () => {
      await app.onHost('sudo loginctl enable-linger "$(id -un)"');
      const tagship = deploy('v0.3.1');
      await tagship.says('→ wait until every container');
      tagship.interrupt();
      expect((await tagship.finished).exitCode).toBe(130);
      await eventually(isOver, 'the run on the host is over');
      expect(await app.status()).toMatchObject({ last: { tag: 'v0.3.1', outcome: 'succeeded' } });
      expect(await app.answer()).toBe('v0.3.1');
    });
  });

  describe('by a kill of its runner', () => {
    /** Kills these of a run that is yet to come, as soon as it waits for its containers: asked over ssh then, it may be past. */
    const kill = (tag: string, ...names: readonly string[]) =>
      app.onHost(`
        until run=$(ls -d .git/tagship/runs/*${tag}* 2>/dev/null | tail -n 1) && grep -qs '"step":"containers"' "$run/log"; do sleep 0.1; done
        kill -9 ${names.map((name) => `"$(cat "$run/${name}")"`).join(' ')}`);
    /** The watcher first, which would settle it. */
    const killAll = (tag: string) => kill(tag, 'watcher', 'pid');

    it('is taken back with nobody’s help, and whoever follows sees it: exit 5', async () => {
      await app.release('v0.4.0', 'slow');
      const killed = kill('v0.4.0', 'pid');
      const { exitCode, stderr } = await deploy('v0.4.0').finished;
      await killed;
      expect(stderr).toContain('the run was ended from outside at "wait until every container runs and stays up"');
      expect(stderr).toContain('v0.3.1 serves again');
      expect(exitCode).toBe(5);
      expect(await app.answer()).toBe('v0.3.1');
      expect(await app.status()).toMatchObject({ last: { interruptedAt: 'containers', settledBy: 'watcher' } });
      const history = await app.tagship('history', 'production');
      expect(history.stdout).toMatch(/deploy +v0\.4\.0 +rolled back to v0\.3\.1 \(interrupted at containers\)/);
    });

    it('and of its watcher is told as interrupted, with the step it was at: exit 4', async () => {
      await app.release('v0.4.1', 'slow');
      const killed = killAll('v0.4.1');
      const { exitCode, stderr } = await deploy('v0.4.1').finished;
      await killed;
      expect(exitCode).toBe(4);
      expect(stderr).toContain('was ended from outside');
      await eventually(async () => ((await app.status()).run as { state: string }).state === 'interrupted', 'free');
      expect(await app.status()).toMatchObject({ run: { step: 'containers', about: { tag: 'v0.4.1' } } });
      expect((await app.tagship('status', 'production')).stdout).toContain('was interrupted at step containers');
    });

    it('is settled by the next deployment then, which starts from what served before both', async () => {
      await app.release('v0.4.2', 'crash');
      const plan = await app.tagship('deploy', 'production', '--dry-run');
      expect(plan.stdout).toContain('the run before this one was interrupted');
      const { exitCode, stderr } = await app.tagship('deploy', 'production');
      expect(stderr).toMatch(
        /v0\.4\.1 .* was interrupted: that is settled first[\s\S]*Deploy v0\.4\.2 .* in place of v0\.3\.1/,
      );
      expect(exitCode).toBe(5);
      expect(await app.answer()).toBe('v0.3.1');
      const status = await app.status();
      expect(status).toMatchObject({ last: { tag: 'v0.4.2', outcome: 'rolled_back' } });
      expect(status.run).toBeUndefined();
    });

    it('is settled by a rollback, too, which goes back to what served before it and no further', async () => {
      await app.release('v0.4.3');
      expect((await app.tagship('deploy', 'production')).exitCode).toBe(0);
      await app.release('v0.4.4', 'slow');
      const killed = killAll('v0.4.4');
      expect((await deploy('v0.4.4').finished).exitCode).toBe(4);
      await killed;
      await eventually(async () => ((await app.status()).run as { state: string }).state === 'interrupted', 'free');
      const planned = await app.tagship('rollback', 'production', '--dry-run');
      expect(planned.stdout).toContain('Roll back to v0.4.3 on production');
      const { exitCode, stderr } = await app.tagship('rollback', 'production');
      expect(stderr).toMatch(/was interrupted: that is settled first[\s\S]*Roll back to v0\.4\.3 on production/);
      expect(exitCode).toBe(0);
      expect(await app.answer()).toBe('v0.4.3');
    });

    it('in the middle of a checkout, too', async () => {
      await app.release('v0.5.0');
      const edited = 'echo half >docker-compose.yml; touch .git/index.lock';
      const about =
        '{"schema":1,"run":"killed","kind":"deploy","environment":"production","tag":"v0.5.0","commit":"c","who":"w","tagship":"0"';
      const commit = await app.onHost('git rev-parse HEAD');
      const previous = `{"commit":"${commit}","tag":"v0.4.3","serving":true,"images":[]}`;
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
