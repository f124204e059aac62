import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeployedApp } from '../support/deployed-app.ts';
import { bootLabHost } from '../support/lab.ts';
import { RunningTagship } from '../support/running-tagship.ts';
import { runTagship } from '../support/tagship.ts';

// Its own Pi, because it stops docker.
const host = await bootLabHost('tended');

describe.skipIf(host === undefined)('what a deployed environment is looked after with', () => {
  let app: DeployedApp;

  beforeAll(async () => {
    if (host === undefined) return;
    app = await DeployedApp.make(host, 'tended', 8104);
    for (const tag of ['v0.1.0', 'v0.2.0', 'v0.3.0']) {
      await app.release(tag);
      const { exitCode, stderr } = await app.tagship('deploy', 'production');
      expect(exitCode, stderr).toBe(0);
    }
  });
  afterAll(() => app?.dispose());

  describe('exec', () => {
    const exec = (...words: string[]) => app.tagship('exec', 'production', 'web', '--', '/bin/busybox', ...words);

    it('runs a command as it was written, and hands its output and exit status on', async () => {
      const words = ['sh', '-c', 'printf "%s|" "$@"; echo oops >&2; exit 37', 'sh', "it's", '$HOME', 'a  b', '--json'];
      const { exitCode, stdout, stderr } = await exec(...words);
      expect([exitCode, stdout, stderr]).toEqual([37, "it's|$HOME|a  b|--json|", 'oops\n']);
    });

    it('hands standard input on', async () => {
      const words = ['exec', 'production', 'web', '--', '/bin/busybox', 'wc', '-c'];
      const { exitCode, stdout } = await runTagship(words, { cwd: app.path, input: 'x'.repeat(100_000) });
      expect([exitCode, stdout.trim()]).toEqual([0, '100000']);
    });

    it('gives it a terminal when both ends are one', async () => {
      const words = [
        'exec',
        'production',
        'web',
        '--',
        '/bin/busybox',
        'sh',
        '-c',
        'echo "say it"; read x; [ -t 0 ] && [ -t 1 ] && echo "tty $x"',
      ];
      const typed = new RunningTagship(app.path, words, { typed: true });
      await typed.says('say it');
      typed.type('hello\n');
      await typed.says('tty hello');
      expect((await typed.finished).exitCode).toBe(0);
    });

    it('is left at once with Ctrl-C, and not as if it had ended well: exit 130', async () => {
      const words = ['/bin/busybox', 'sh', '-c', 'echo begun >&2; /bin/busybox sleep 60'];
      const running = new RunningTagship(app.path, ['exec', 'production', 'web', '--', ...words]);
      await running.says('begun');
      running.interrupt();
      const { exitCode, stderr } = await running.finished;
      expect(stderr).toMatch(/may go on there\n {2}next: on \S+: docker ps\n$/);
      expect(exitCode).toBe(130);
    });

    it('refuses a service there is not, and names those there are: exit 3', async () => {
      const { exitCode, stdout } = await app.tagship('exec', 'production', 'nothing', '--json', '--', 'ls');
      expect(JSON.parse(stdout).problems).toMatchObject([
        { code: 'no-such-service', what: 'no such service: nothing', why: expect.stringMatching(/ knows .*\bweb\b/) },
      ]);
      expect(exitCode).toBe(3);
    });

    it('refuses a service whose container has stopped, and says how it ended: exit 3', async () => {
      await app.onHost('docker compose stop --timeout 0 web 2>/dev/null');
      const { exitCode, stderr } = await exec('true');
      await app.onHost('docker compose start web 2>/dev/null');
      expect(stderr).toMatch(/^✘ service web does not run on \S+\n {2}container \S+: exited \(\d+\)\n/);
      expect(stderr).toMatch(/next: tagship logs production web\n$/);
      expect(exitCode).toBe(3);
    });

    it('answers in JSON, and refuses a host that is not of the environment: exit 2', async () => {
      const { exitCode, stdout } = await app.tagship(
        'exec',
        'production',
        'web',
        '--json',
        '--',
        '/bin/busybox',
        'false',
      );
      expect(JSON.parse(stdout)).toMatchObject({ exit: 1, hosts: [{ exit: 1, stdout: '' }] });
      expect(exitCode).toBe(1);
      const other = await app.tagship('exec', 'production', 'web', '--host', 'elsewhere', '--', 'ls');
      expect([other.exitCode, other.stderr]).toEqual([2, expect.stringContaining('production has no host elsewhere')]);
    });
  });

  describe('prune', () => {
    const images = () => app.onHost(`docker image ls -a --no-trunc --format '{{.ID}}' | sort -u | wc -l`);
    const units = () => app.onHost('ls .git/tagship/releases');
    const prune = (...args: string[]) => app.tagship('prune', 'production', '--keep', '1', ...args);

    it('shows what it would remove', async () => {
      const before = await images();
      const { exitCode, stdout } = await prune('--dry-run');
      expect(exitCode).toBe(0);
      expect(stdout).toContain('forget what was kept of v0.1.0');
      expect(stdout).not.toContain('v0.2.0');
      expect([await images(), await units()]).toEqual([before, 'v0.1.0\nv0.2.0\nv0.3.0']);
    });

    it('is refused while a run is at work: exit 7', async () => {
      await app.release('v0.4.0', 'slow');
      const running = new RunningTagship(app.path, ['deploy', 'production']);
      await running.says('→ replace the containers');
      await app.hold('v0.4.0');
      const { exitCode } = await prune();
      await app.letGo('v0.4.0');
      expect(exitCode).toBe(7);
      expect((await running.finished).exitCode).toBe(0);
    });

    it('removes that of old releases, and leaves what can be gone back to', async () => {
      const old = await app.onHost('cut -f 3 .git/tagship/releases/v0.1.0/images');
      const { exitCode, stderr, stdout } = await prune('--json');
      expect(exitCode, stderr).toBe(0);
      expect(JSON.parse(stdout).hosts[0]).toMatchObject({
        units: ['v0.1.0', 'v0.2.0'],
        images: expect.arrayContaining([old]),
      });
      expect(stderr).toMatch(/2 releases forgotten, 2 images removed, up to [\d.]+ MB freed/);
      expect(await units()).toBe('v0.3.0\nv0.4.0');
      expect(await app.onHost(`docker image inspect ${old} >/dev/null 2>&1 || echo gone`)).toBe('gone');
      expect((await app.tagship('rollback', 'production')).exitCode).toBe(0);
      expect(await app.answer()).toBe('v0.3.0');
      const again = await prune();
      expect(again.exitCode, again.stderr).toBe(0);
    });
  });

  describe('where docker is stopped', () => {
    beforeAll(() => app?.onHost('sudo systemctl stop docker.socket docker'));
    afterAll(() => app?.onHost('sudo systemctl start docker'));

    it.each([
      ['exec', ['web', '--', 'ls']],
      ['prune', ['--keep', '0', '--yes']],
    ])('%s is refused with the command that starts it: exit 3, and nothing is forgotten', async (command, words) => {
      const units = () => app.onHost('ls .git/tagship/releases');
      const before = await units();
      const { exitCode, stderr } = await app.tagship(command, 'production', ...words);
      expect(stderr).toMatch(/^✘ docker on \S+ does not answer\n/);
      expect(stderr).toMatch(/next: on \S+: sudo systemctl start docker\n$/);
      expect([exitCode, await units()]).toEqual([3, before]);
    });
  });
});
