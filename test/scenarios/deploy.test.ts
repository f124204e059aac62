import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeployedApp } from '../support/deployed-app.ts';
import { bootLabHost, mustOnHost, onHost, putTagshipOn } from '../support/lab.ts';
import { RunningTagship } from '../support/running-tagship.ts';
import { saidBefore, waitAfter, watchAnswers } from '../support/watch-answers.ts';

const host = await bootLabHost('deploy');

describe.skipIf(host === undefined)('a rolling deployment to a real Pi', () => {
  let app: DeployedApp;
  /** Milliseconds from the replacement of the containers to the first answer of a release that is well. */
  let normalStart: number;

  beforeAll(async () => {
    if (host === undefined) return;
    app = await DeployedApp.make(host, 'rolling', 8091);
    await app.release('v0.1.0');
  });
  afterAll(() => app?.dispose());

  it('shows its plan on --dry-run and touches nothing', async () => {
    // Every file with its time and size, and all that Docker has.
    const everything = () =>
      app.onHost(
        "find . -printf '%p %T@ %s\\n' | sort; { docker ps -aq; docker images -aq; docker volume ls -q; } | sort",
      );
    const before = await everything();
    const { exitCode, stdout } = await app.tagship('deploy', 'production', '--dry-run');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Deploy v0.1.0 on production');
    expect(stdout).toContain('the first deployment there');
    expect(await everything()).toBe(before);
  });

  it('deploys the highest release where no tag is named, and Compose sees which', async () => {
    const { exitCode, stdout } = await app.tagship('deploy', 'production', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'succeeded', exit: 0, hosts: [{ tag: 'v0.1.0' }] });
    expect(await app.answer()).toBe('v0.1.0');
    expect(await app.onHost('docker compose exec -T web /bin/busybox sh -c \'echo "$VERSION"\'')).toBe('0.1.0');
  });

  it('leaves a plain clone in which the commands of a person work', async () => {
    expect(await app.onHost('git describe --tags && git status --porcelain')).toBe('v0.1.0');
    expect(await app.onHost('docker compose ps --services')).toBe('web');
  });

  it('replaces one release by the next, and the old one answers until then', async () => {
    await app.release('v0.2.0');
    const watch = watchAnswers(app);
    const tagship = new RunningTagship(app.path, ['deploy', 'production']);
    const replaced = await tagship.says('→ replace the containers');
    expect((await tagship.finished).exitCode).toBe(0);
    const answers = await watch.stop();
    expect(saidBefore(answers, replaced)).toEqual(['v0.1.0']);
    normalStart = waitAfter(answers, replaced, 'v0.2.0');
    expect(await app.answer()).toBe('v0.2.0');
  });

  describe('of a release that does not come up', () => {
    it.each([
      ['whose container crashes', 'v0.3.1', 'crash', 'cannot open the database of v0.3.1'],
      ['whose health is 500', 'v0.3.2', 'health-500', 'last: 500'],
      ['whose health hangs', 'v0.3.3', 'health-hang', 'no answer'],
    ] as const)(
      '%s: exit 5, the old version answers until it is replaced, is back as quickly as it starts, and the reason is told',
      async (_what, tag, behaviour, reason) => {
        await app.release(tag, behaviour);
        const watch = watchAnswers(app);
        const tagship = new RunningTagship(app.path, ['deploy', 'production', tag]);
        const replaced = await tagship.says('→ replace the containers');
        const putBack = await tagship.says('→ put the previous containers back');
        const { exitCode, stderr } = await tagship.finished;
        const answers = await watch.stop();
        expect(saidBefore(answers, replaced)).toEqual(['v0.2.0']);
        // Several times, because two starts on a busy machine differ.
        expect(waitAfter(answers, putBack, 'v0.2.0')).toBeLessThan(5 * normalStart);
        expect(stderr).toContain(reason);
        expect(stderr).toContain('v0.2.0 serves again');
        expect(exitCode).toBe(5);
        expect(await app.answer()).toBe('v0.2.0');
        expect(await app.onHost('git describe --tags && git status --porcelain')).toBe('v0.2.0');
      },
    );

    it.each([
      ['whose image is missing', 'v0.3.4', 'image-missing', 'tagship-test/never-built:1.0 could not be pulled'],
      ['whose Compose file is broken', 'v0.3.5', 'compose-broken', 'the Compose file of the release is not valid'],
      ['whose image cannot be built', 'v0.3.6', 'build-broken', 'an image could not be built'],
    ] as const)('%s: exit 3, and the old version answers throughout', async (_what, tag, behaviour, reason) => {
      await app.release(tag, behaviour);
      const watch = watchAnswers(app);
      const { exitCode, stderr } = await app.tagship('deploy', 'production', tag);
      const answers = await watch.stop();
      expect(stderr).toContain(reason);
      expect(exitCode).toBe(3);
      expect(saidBefore(answers)).toEqual(['v0.2.0']);
      expect(await app.onHost('git describe --tags && git status --porcelain')).toBe('v0.2.0');
    });

    it('is told by status and history as it was', async () => {
      const status = await app.status();
      expect(status).toMatchObject({ verdict: 'healthy', deployed: { tag: 'v0.2.0' }, checkout: { tag: 'v0.2.0' } });
      expect(status).toMatchObject({
        last: { tag: 'v0.3.6', outcome: 'failed', failedStep: 'images' },
        differences: [],
      });
      const history = await app.tagship('history', 'production');
      expect(
        history.stdout
          .split('\n')
          .slice(1, 8)
          .map((line) => line.split(/ {2,}/).slice(1, 4).join(' ')),
      ).toEqual([
        'deploy v0.3.6 failed before any change (images failed)',
        'deploy v0.3.5 failed before any change (preflight failed)',
        'deploy v0.3.4 failed before any change (images failed)',
        'deploy v0.3.3 rolled back to v0.2.0 (http failed)',
        'deploy v0.3.2 rolled back to v0.2.0 (http failed)',
        'deploy v0.3.1 rolled back to v0.2.0 (containers failed)',
        'deploy v0.2.0 succeeded',
      ]);
    });
  });

  it('waits for a release that starts slowly', async () => {
    await app.release('v0.4.0', 'slow');
    expect((await app.tagship('deploy', 'production', 'v0.4.0')).exitCode).toBe(0);
    expect(await app.answer()).toBe('v0.4.0');
  });

  it('uses files that only the host has: .env stands beside the new Compose file too', async () => {
    await app.onHost('echo GREETING=hello >.env');
    await app.release('v0.4.1', 'needs-env');
    expect((await app.tagship('deploy', 'production', 'v0.4.1')).exitCode).toBe(0);
    expect(await app.onHost('docker compose exec -T web /bin/busybox sh -c \'echo "$GREETING"\'')).toBe('hello');
  });

  describe('rolled back by hand', () => {
    it('goes to the release deployed before, with the image that ran then, and proves it healthy', async () => {
      const image = await app.onHost('docker image inspect -f "{{.ID}}" rolling-web');
      expect((await app.tagship('rollback', 'production')).exitCode).toBe(0);
      expect(await app.answer()).toBe('v0.4.0');
      expect(await app.onHost('docker image inspect -f "{{.ID}}" rolling-web')).not.toBe(image);
    });

    it('goes further back the second time', async () => {
      expect((await app.tagship('rollback', 'production')).exitCode).toBe(0);
      expect(await app.answer()).toBe('v0.2.0');
    });

    it('goes to any release that was ever deployed, by name', async () => {
      expect((await app.tagship('rollback', 'production', '--to', 'v0.4.1')).exitCode).toBe(0);
      expect(await app.answer()).toBe('v0.4.1');
    });

    it('refuses one that never served, and names those that did', async () => {
      const { exitCode, stderr } = await app.tagship('rollback', 'production', '--to', 'v0.3.1');
      expect(exitCode).toBe(3);
      expect(stderr).toContain('v0.3.1 was never deployed successfully');
      expect(stderr).toMatch(/v0\.2\.0[\s\S]*v0\.4\.0[\s\S]*v0\.1\.0/);
      expect(stderr).toContain('next: tagship rollback production --to v0.2.0');
    });
  });

  describe('refuses with exit 3', () => {
    it('a tag that origin does not have, together with whatever else is wrong', async () => {
      await app.write('tagship.yaml', app.configuration('production', '    preflight: { disk: 900T }\n'));
      const { exitCode, stderr } = await app.tagship('deploy', 'production', 'v9.9.9');
      await app.write('tagship.yaml', app.configuration());
      expect(exitCode).toBe(3);
      expect(stderr).toContain('v9.9.9 is not on the origin');
      expect(stderr).toContain('900000.0 GB must be free');
    });

    it('a host that has no clone there', async () => {
      await app.write('tagship.yaml', app.configuration().replace(app.appPath, '/opt/nowhere'));
      const { exitCode, stdout } = await app.tagship('deploy', 'production', '--json');
      await app.git('checkout', '-q', 'tagship.yaml');
      expect(exitCode).toBe(3);
      expect(JSON.parse(stdout)).toMatchObject({ outcome: 'failed', exit: 3, problems: [{ code: 'no-folder' }] });
    });

    it('a host whose key is not known, and shows its fingerprint', async () => {
      const known = app.configuration();
      await app.write('tagship.yaml', known.replace(/knownHosts: \S+/, 'knownHosts: /dev/null'));
      const { exitCode, stderr } = await app.tagship('status', 'production');
      await app.git('checkout', '-q', 'tagship.yaml');
      expect(exitCode).toBe(3);
      expect(stderr).toMatch(/ssh-ed25519 SHA256:[A-Za-z0-9+/]{43}/);
    });
  });

  it('names the environments there are, with exit 2, for one there is not', async () => {
    const { exitCode, stderr } = await app.tagship('deploy', 'staging');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('tagship.yaml names production');
  });

  it('works the same from the Pi itself, with hosts: [local]', async () => {
    if (host === undefined) return;
    const tagship = putTagshipOn(host);
    await app.release('v0.6.0');
    const local = app.configuration().replace(/hosts: .*/, 'hosts: [local]');
    await mustOnHost(host, `mkdir -p control && cat >control/tagship.yaml <<'END'\n${local}END`);
    const { exitCode, stdout } = await onHost(host, `${tagship} -C control deploy production --json`);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'succeeded', hosts: [{ host: 'local', tag: 'v0.6.0' }] });
    expect(exitCode).toBe(0);
    expect(await app.answer()).toBe('v0.6.0');
  });

  it('leaves no trees of releases behind on the host', async () => {
    if (host === undefined) return;
    expect(await mustOnHost(host, `find ${app.appPath}/.git/tagship -name scratch`)).toBe('');
  });
});
