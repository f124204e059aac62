import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeployedApp } from '../support/deployed-app.ts';
import { addressesOf, DeployedFleet } from '../support/deployed-fleet.ts';
import { bootLabHost } from '../support/lab.ts';
import { RunningTagship } from '../support/running-tagship.ts';
import { runProgram, TAGSHIP } from '../support/tagship.ts';

const pis = (await Promise.all(['pair-a', 'pair-b'].map((name) => bootLabHost(name)))).flatMap((pi) => pi ?? []);
const [pi] = pis;

/** What others who deploy with Compose-like tools tell in their own tests, from the first deployment on. */
describe.skipIf(pi === undefined || pis.length < 2)('an app on two Pis', () => {
  let fleet: DeployedFleet;
  let neighbour: DeployedApp;
  const addresses = addressesOf(pis);
  const app = () => fleet.app(0);
  const tagship = (...args: string[]) => app().tagship(...args);
  const deploy = (...args: string[]) => tagship('deploy', 'production', ...args);
  const containers = 'docker compose ps --all --quiet | sort';
  let besides: string;
  // Of each host, and with what a shell or Compose would read in its own way.
  const ODD = '1234 with "中文", $HOME and #';
  const greetingOf = (address: string) => `${address}: ${address} ${ODD}`;
  const greetings = async () => {
    const words = ['sh', '-c', 'echo "$GREETING"'];
    const { stdout } = await tagship('exec', 'production', 'web', '--', '/bin/busybox', ...words);
    return stdout.trim().split('\n').sort();
  };

  beforeAll(async () => {
    if (pi === undefined) return;
    neighbour = await DeployedApp.make(pi, 'neighbour', 8141);
    await neighbour.release('v7.0.0');
    expect((await neighbour.tagship('deploy', 'production')).exitCode).toBe(0);
    besides = await neighbour.onHost(containers);
    fleet = await DeployedFleet.make(pis, 'stories', 8140);
    await fleet.configure();
    await fleet.release('v0.1.0');
    await fleet.onAll(
      'git fetch -q --tags && git checkout -q v0.1.0 && TAGSHIP_TAG=v0.1.0 docker compose up --detach --build 2>&1',
    );
    await Promise.all(
      addresses.map((address, index) =>
        fleet.app(index).onHost(`cat >.env <<'END'\nGREETING='${address} ${ODD}'\nEND`),
      ),
    );
  });
  afterAll(() => {
    fleet?.dispose();
    neighbour?.dispose();
  });

  it('set up by hand, is as it was on all of them after a first release that is broken: exit 5, the second is not begun', async () => {
    expect(await fleet.serving()).toEqual(['v0.1.0', 'v0.1.0']);
    await fleet.release('v0.2.0', 'crash');
    const { exitCode, stdout, stderr } = await deploy('--json');
    expect(stderr).toContain('cannot open the database of v0.2.0');
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: 'rolled_back',
      hosts: [
        { outcome: 'rolled_back', serves: 'v0.1.0' },
        { outcome: 'not-started', serves: 'v0.1.0' },
      ],
    });
    expect(exitCode).toBe(5);
    expect(await fleet.serving()).toEqual(['v0.1.0', 'v0.1.0']);
    expect(await fleet.onAll('git describe --tags')).toEqual(['v0.1.0', 'v0.1.0']);
  });

  it('has the next release on both, each with what its own .env says', async () => {
    await fleet.release('v0.3.0');
    expect((await deploy()).exitCode).toBe(0);
    expect(await fleet.serving()).toEqual(['v0.3.0', 'v0.3.0']);
    expect(await greetings()).toEqual(addresses.map(greetingOf).sort());
  });

  it('shows what its containers said, each line with whose it is', async () => {
    const { exitCode, stdout } = await tagship('logs', 'production', 'web', '--tail', '5');
    for (const address of addresses) expect(stdout).toMatch(new RegExp(`^${address}: .*v0\\.3\\.0 starts$`, 'm'));
    expect(exitCode).toBe(0);
    const documents = (await tagship('logs', 'production', '--json')).stdout.trim().split('\n');
    const lines: { host: string; line: string }[] = documents.map((one) => JSON.parse(one));
    expect(new Set(lines.map(({ host }) => host))).toEqual(new Set(addresses));
    expect(new Set(lines.map(({ line }) => line.split('|')[0]?.trim()))).toEqual(new Set(['web-1']));
    const unknown = await tagship('logs', 'production', 'nothing');
    expect([unknown.exitCode, unknown.stderr]).toEqual([3, expect.stringContaining('no such service: nothing')]);
  });

  it('hands the output of a command on byte for byte', async () => {
    const command = `'${process.execPath}' '${TAGSHIP}' exec production web --host ${addresses[0]} -- /bin/busybox cat /bin/busybox | sha256sum`;
    const { stdout } = await runProgram('sh', ['-c', command], { cwd: app().path });
    expect(stdout).toBe(`${await app().onHost('sha256sum </bin/busybox')}\n`);
  });

  it('is told in detail, and so is what was done to it, and by whom', async () => {
    const { stdout } = await tagship('status', 'production');
    for (const address of addresses) expect(stdout).toContain(`production on ${address}: healthy`);
    expect(stdout).toMatch(/deployed +v0\.3\.0, since .* UTC by \S+@\S+\n/);
    expect(stdout).toMatch(/ +SERVICE +STATE +IMAGE *\n +web +running +stories-web/);
    const told = (await tagship('history', 'production')).stdout;
    expect(told).toMatch(/deploy +v0\.3\.0 +succeeded +\d+ s +\S+@\S+\n.*deploy +v0\.2\.0 +rolled back to v0\.1\.0/);
    expect(told).toMatch(/deploy +v0\.3\.0 +succeeded.*\n.*deploy +v0\.2\.0 +let go before any change/);
    const logs = await fleet.onAll('tail -n 1 .git/tagship/runs/*v0.3.0*/log');
    expect(logs).toEqual(Array(2).fill('= {"type":"closed","outcome":"succeeded"}'));
  });

  it('is locked while a run is at work, which is told with who and what; nothing has to be unlocked: exit 7', async () => {
    // However long it is held.
    await fleet.configure('', { timeout: '2m' });
    await fleet.release('v0.4.0', 'slow');
    const running = new RunningTagship(app().path, ['deploy', 'production']);
    await running.says('→ replace the containers');
    await app().hold('v0.4.0');
    const { stdout } = await tagship('unlock', 'production');
    const refused = await deploy('v0.3.0');
    await app().letGo('v0.4.0');
    for (const address of addresses) {
      expect(stdout).toMatch(
        new RegExp(`^${address}\\n  the deploy of v0\\.4\\.0 by \\S+@\\S+, at work since .* UTC, holds`, 'm'),
      );
      expect(refused.stderr).toContain(`another deployment is at work on ${address}`);
    }
    expect(refused.stderr).toMatch(/\S+@\S+ started to deploy v0\.4\.0 at /);
    expect(refused.exitCode).toBe(7);
    expect((await running.finished).exitCode).toBe(0);
    const after = (await tagship('unlock', 'production')).stdout;
    expect(after.match(/no lock is held$/gm)).toHaveLength(2);
  });

  it('keeps its containers when the same release is deployed again', async () => {
    const before = await fleet.onAll(containers);
    // Somebody has tried an image by hand: it tells whose it is, and Compose has not started it.
    await fleet.onAll('docker run --name by-hand --entrypoint /bin/busybox "$(docker compose images -q web)" true');
    const { exitCode, stderr } = await deploy();
    expect(stderr).toContain('v0.4.0 is deployed already: only what differs is replaced');
    expect(exitCode, stderr).toBe(0);
    expect(await fleet.onAll(containers)).toEqual(before);
    await fleet.onAll('docker rm by-hand');
  });

  it('keeps the last good release when many have failed since and the old ones are pruned', async () => {
    await fleet.configure('', { hosts: addresses.slice(0, 1) });
    for (const [tag, behaviour, exit] of [
      ['v0.5.0', 'crash', 5],
      ['v0.5.1', 'compose-broken', 3],
      ['v0.5.2', 'build-broken', 3],
    ] as const) {
      await fleet.release(tag, behaviour);
      expect((await deploy()).exitCode).toBe(exit);
    }
    await app().onHost('mkdir -p .git/tagship/releases/new && echo mine >.git/tagship/releases/new/file');
    const { exitCode, stderr } = await tagship('prune', 'production', '--keep', '0');
    expect(exitCode, stderr).toBe(0);
    expect(await app().onHost('ls .git/tagship/releases && cat .git/tagship/releases/new/file')).toBe(
      'new\nv0.3.0\nv0.4.0\nmine',
    );
    expect(await app().answer()).toBe('v0.4.0');
    expect((await tagship('rollback', 'production')).exitCode).toBe(0);
    // An environment is the hosts that it names.
    expect(await fleet.serving()).toEqual(['v0.3.0', 'v0.4.0']);
  });

  it('keeps of each release what belongs to it, although one is called as the other with something after it', async () => {
    for (const tag of ['v0.6.0-rc.new', 'v0.6.0-rc.old', 'v0.6.0-rc']) {
      await fleet.release(tag);
      expect((await deploy(tag)).exitCode).toBe(0);
    }
    for (const tag of ['v0.6.0-rc.new', 'v0.6.0-rc.old']) {
      const { exitCode, stderr } = await tagship('rollback', 'production', '--to', tag, '--method', 'image');
      expect(exitCode, stderr).toBe(0);
      expect(await app().answer()).toBe(tag);
      expect(await greetings()).toEqual([`${addresses[0]} ${ODD}`]);
    }
  });

  it('leaves the app beside it alone through all of that', async () => {
    expect(await neighbour.onHost(containers)).toBe(besides);
    expect(await neighbour.answer()).toBe('v7.0.0');
    expect(await neighbour.status()).toMatchObject({
      verdict: 'healthy',
      deployed: { tag: 'v7.0.0' },
      differences: [],
    });
  });
});
