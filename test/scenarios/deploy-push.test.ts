import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeployedApp } from '../support/deployed-app.ts';
import { bootLabHost, type LabHost, mustOnHost, onHost, putTagshipOn } from '../support/lab.ts';
import { RunningTagship } from '../support/running-tagship.ts';

const target = await bootLabHost('pair-b');
const desk = await bootLabHost('pair-a');

describe.skipIf(target === undefined || desk === undefined)('a Pi with no way out', () => {
  const [pi, other] = [target as LabHost, desk as LabHost];
  let app: DeployedApp;
  const configure = (...keys: readonly string[]) =>
    app.write(
      'tagship.yaml',
      // However long a release is held.
      app
        .configuration('production', ['source: push', ...keys].map((key) => `    ${key}\n`).join(''))
        .replace('timeout: 8s', 'timeout: 2m'),
    );

  beforeAll(async () => {
    app = await DeployedApp.make(pi, 'push', 8108);
    await app.onHost(`git remote remove origin; rm -rf ${app.originPath}`);
    await configure();
  });
  afterAll(() => app?.dispose());

  it('is sent each release over the connection there is, and goes back by itself', async () => {
    for (const tag of ['v0.1.0', 'v0.2.0']) {
      await app.commitRelease(tag);
      const { exitCode, stderr } = await app.tagship('deploy', 'production');
      expect([exitCode, stderr]).toEqual([0, expect.stringContaining(`send ${tag} to`)]);
      expect(await app.answer()).toBe(tag);
    }
    const { exitCode } = await app.tagship('rollback', 'production', '--json');
    expect([exitCode, await app.answer()]).toEqual([0, 'v0.1.0']);
    expect(await app.onHost('git tag --list')).toBe('v0.1.0\nv0.2.0');
  });

  it('is followed by whoever asks for the same, with no release named too', async () => {
    await app.commitRelease('v0.2.1', 'slow');
    const first = new RunningTagship(app.path, ['deploy', 'production']);
    await first.says('→ replace the containers');
    await app.hold('v0.2.1');
    const second = new RunningTagship(app.path, ['deploy', 'production']);
    await second.says('is deploying v0.2.1');
    await app.letGo('v0.2.1');
    expect([(await first.finished).exitCode, (await second.finished).exitCode]).toEqual([0, 0]);
    expect((await app.tagship('rollback', 'production')).exitCode).toBe(0);
  });

  it('is refused a release that is not in this repository, and one that is not whole here: exit 3', async () => {
    const missing = await app.tagship('deploy', 'production', 'v7.0.0', '--json');
    expect(JSON.parse(missing.stdout).problems).toMatchObject([
      { code: 'tag-missing', what: 'there is no tag v7.0.0 in this repository', fix: 'git fetch --tags' },
    ]);
    await app.git('clone', '-q', '--depth', '1', `file://${app.path}`, '.git/shallow');
    const shallow = await app.tagship('-C', '.git/shallow', 'deploy', 'production', '--json');
    expect([shallow.exitCode, JSON.parse(shallow.stdout).problems]).toMatchObject([3, [{ code: 'shallow-clone' }]]);
  });

  describe('whose images are made on another machine', () => {
    const here = '/home/pi/desk';
    let tagship: string;
    const deploy = (...args: readonly string[]) =>
      onHost(other, `cd ${here} && ${tagship} deploy production --json ${args.join(' ')}`);

    /** The repository, the keys and tagship on a machine that has docker; on the Pi nothing that could be built upon. */
    beforeAll(async () => {
      tagship = putTagshipOn(other);
      const base = await mustOnHost(
        pi,
        'docker image save tagship-test/base | base64 -w0; docker image rm -f tagship-test/base >/dev/null',
      );
      await mustOnHost(
        other,
        `base64 -d <<'END' | docker image load -q\n${base}\nEND\nrm -rf ${here}; mkdir -p ~/.ssh`,
      );
      cpSync(pi.identity, join(other.root, 'home/pi/.ssh/id_ed25519'));
      cpSync(pi.knownHosts, join(other.root, 'home/pi/.ssh/known_hosts'));
      await mustOnHost(other, 'sudo chown -R pi: ~/.ssh && chmod 600 ~/.ssh/id_ed25519');
    });

    /** Brings the work clone to the desk. */
    async function carryOver(): Promise<void> {
      await mustOnHost(other, `rm -rf ${here}`);
      cpSync(app.path, join(other.root, here), { recursive: true });
      await mustOnHost(other, `sudo chown -R pi: ${here}; cd ${here}; sed -i 's/ssh: .*/ssh: {}/' tagship.yaml`);
    }

    it('is sent those it has not, and builds nothing', async () => {
      await configure('images: stream');
      await app.commitRelease('v0.3.0');
      await carryOver();
      const first = await deploy();
      expect([first.exitCode, first.stderr]).toEqual([0, expect.stringContaining('its images, which are made here')]);
      expect(await app.answer()).toBe('v0.3.0');
      const images = 'docker image inspect --format "{{.Id}}" push-web';
      expect(await mustOnHost(pi, images)).toBe(await mustOnHost(other, images));
      const again = await deploy('v0.3.0');
      expect([again.exitCode, again.stderr]).toEqual([0, expect.stringContaining('1 of 1 images are on')]);
    });

    it('is left as it was when an image cannot be made: exit 3, and what docker says', async () => {
      await app.commitRelease('v0.4.0', 'build-broken');
      await carryOver();
      const { exitCode, stdout } = await deploy();
      const [host] = JSON.parse(stdout).hosts;
      expect([exitCode, host]).toMatchObject([3, { outcome: 'failed', problem: { code: 'image-not-built' } }]);
      expect(host.problem.why).toContain('not-there.sh');
      expect(await app.answer()).toBe('v0.3.0');
      expect(readFileSync(join(pi.root, app.appPath, '.git/tagship/history.jsonl'), 'utf8')).toContain(
        '"failedStep":"images"',
      );
    });
  });
});
