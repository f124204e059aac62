import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressesOf, DeployedFleet } from '../support/deployed-fleet.ts';
import { bootLabHost, lab } from '../support/lab.ts';
import { RunningTagship } from '../support/running-tagship.ts';
import { runProgram, TAGSHIP } from '../support/tagship.ts';

// Their own Pis, because the network cable of one is pulled.
const pis = (await Promise.all(['fleet-a', 'fleet-b', 'fleet-c'].map((name) => bootLabHost(name)))).flatMap(
  (pi) => pi ?? [],
);

describe.skipIf(pis.length < 3)('an environment of three Pis', () => {
  let fleet: DeployedFleet;
  const [one, two] = [() => fleet.app(0), () => fleet.app(1)];
  const addresses = addressesOf(pis);
  const [, second] = pis;
  const configure: DeployedFleet['configure'] = (...policy) => fleet.configure(...policy);
  const release: DeployedFleet['release'] = (...of) => fleet.release(...of);
  const serving = () => fleet.serving();

  beforeAll(async () => {
    fleet = await DeployedFleet.make(pis, 'fleet', 8094);
    // The second's address with the first's key: as if another machine answered in its place.
    const [first = ''] = pis.map(({ knownHosts }) => readFileSync(knownHosts, 'utf8'));
    const swapped = first + first.replaceAll(pis[0]?.address ?? '', second?.address ?? '');
    writeFileSync(join(one().path, '.git/swapped'), swapped);
    await configure('parallel: all');
    await release('v0.1.0');
  });
  afterAll(async () => {
    if (second !== undefined) await lab('link', second.name, 'up');
    fleet?.dispose();
  });

  it('gets a release on all: every one is ready before the first changes', async () => {
    const { exitCode, stdout, stderr } = await one().tagship('deploy', 'production', '--json');
    expect(exitCode).toBe(0);
    const hosts = Array(3).fill({ outcome: 'succeeded', serves: 'v0.1.0' });
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'succeeded', exit: 0, hosts });
    expect(await serving()).toEqual(['v0.1.0', 'v0.1.0', 'v0.1.0']);
    const [beforeChange = ''] = stderr.split('→ check out v0.1.0');
    for (const address of addresses) expect(beforeChange).toContain(`${address} → wait until every host is ready`);
  });

  it('of which one cannot be prepared is not changed at all: exit 3', async () => {
    await one().onHost('echo GREETING=hello >.env');
    await release('v0.2.0', 'needs-env');
    const { exitCode, stdout } = await one().tagship('deploy', 'production', '--json');
    expect(exitCode).toBe(3);
    const outcomes = JSON.parse(stdout)
      .hosts.map(({ outcome }: { outcome: string }) => outcome)
      .sort();
    // The third may have been as far as the second; both are told.
    expect(outcomes).toContain('failed');
    expect(outcomes).toContain('not-started');
    expect(await serving()).toEqual(['v0.1.0', 'v0.1.0', 'v0.1.0']);
    expect((await one().tagship('history', 'production')).stdout).toContain('let go before any change');
  });

  describe('of which the second comes up sick', () => {
    beforeAll(async () => {
      await two().onHost('echo SICK=yes >.env');
      await release('v0.3.0', 'sick-where-told');
    });

    it('and none may keep what not all have proved: the first is back on the old version, exit 5', async () => {
      await configure('onFailure: revert-all');
      const { exitCode, stdout, stderr } = await one().tagship('deploy', 'production', '--json');
      expect(exitCode).toBe(5);
      const hosts = [
        { outcome: 'rolled_back', serves: 'v0.1.0', problem: { code: 'taken-back' } },
        { outcome: 'rolled_back', serves: 'v0.1.0', problem: { code: 'rolled-back' } },
        { outcome: 'not-started', serves: 'v0.1.0' },
      ];
      expect(JSON.parse(stdout)).toMatchObject({ outcome: 'rolled_back', exit: 5, hosts });
      expect(await serving()).toEqual(['v0.1.0', 'v0.1.0', 'v0.1.0']);
      expect(stderr).toContain(`v0.3.0 was taken back on ${addresses[0]}: v0.1.0 serves again`);
      const history = (await one().tagship('history', 'production')).stdout;
      expect(history).toContain('rolled back to v0.1.0 (keep failed)');
    });

    it('and the rest stops there: told host by host, exit 4, and not that nothing has changed', async () => {
      await configure();
      const { exitCode, stdout, stderr } = await one().tagship('deploy', 'production', '--json');
      expect(exitCode).toBe(4);
      const hosts = [
        { outcome: 'succeeded', serves: 'v0.3.0' },
        { outcome: 'rolled_back', exit: 5, serves: 'v0.1.0' },
        { outcome: 'not-started', serves: 'v0.1.0' },
      ];
      expect(JSON.parse(stdout)).toMatchObject({ outcome: 'partial', exit: 4, hosts });
      expect(stderr).toContain(`${addresses[0]}: v0.3.0 serves (succeeded)`);
      expect(stderr).toContain(`${addresses[1]}: v0.1.0 serves (rolled back)`);
      expect(await serving()).toEqual(['v0.3.0', 'v0.1.0', 'v0.1.0']);
    });
  });

  it('is not touched when the answer is no: exit 3, and one document', async () => {
    const command = `'${process.execPath}' '${TAGSHIP}' deploy production v0.1.0 --json >.git/answer`;
    const typed = await runProgram('script', ['-qec', command, '/dev/null'], { cwd: one().path, input: 'n\n' });
    expect(typed.stdout).toContain('nothing was done');
    expect(JSON.parse(readFileSync(join(one().path, '.git/answer'), 'utf8'))).toEqual({ outcome: 'declined', exit: 3 });
    expect(typed.exitCode).toBe(3);
    expect(await serving()).toEqual(['v0.3.0', 'v0.1.0', 'v0.1.0']);
  });

  describe('one of which cannot be reached', () => {
    beforeAll(() => configure('', { hosts: [addresses[0] ?? '', `${addresses[1]}:1`] }));

    it('shows the other, and exits with 3', async () => {
      const { exitCode, stdout, stderr } = await one().tagship('status', 'production', '--json');
      expect(JSON.parse(stdout).hosts).toMatchObject([
        { verdict: 'healthy', checkout: { tag: 'v0.3.0' } },
        { host: `${addresses[1]}:1`, verdict: 'unreachable', problems: [{ code: 'host-unreachable' }] },
      ]);
      expect(stderr).toContain('cannot be reached');
      expect(exitCode).toBe(3);
      expect((await one().tagship('history', 'production')).stdout).toMatch(/deploy +v0\.3\.0 +succeeded/);
    });

    it('is refused a deployment for the reasons of all, together', async () => {
      const { exitCode, stdout } = await one().tagship('deploy', 'production', 'v7.0.0', '--json');
      const codes = JSON.parse(stdout).problems.map(({ code }: { code: string }) => code);
      expect(codes.sort()).toEqual(['host-unreachable', 'tag-missing']);
      expect(exitCode).toBe(3);
    });
  });

  it('one of which shows another host key than we know is refused, and none is touched: exit 3', async () => {
    await configure('', { knownHosts: 'swapped', hosts: addresses.slice(0, 2) });
    const { exitCode, stdout, stderr } = await one().tagship('deploy', 'production', 'v0.1.0', '--json');
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout).problems).toMatchObject([{ code: 'host-key-changed' }]);
    expect(stderr).toContain(`the host key of ${second?.address} is not the one in`);
    expect(stderr).toContain('ssh-keygen -R');
    expect(await serving()).toEqual(['v0.3.0', 'v0.1.0', 'v0.1.0']);
  });

  it('one of which is cut off while another gets ready is told that nothing has changed anywhere: exit 3', async () => {
    await configure('', { hosts: addresses.slice(0, 2) });
    await release('v0.4.0');
    const tagship = new RunningTagship(one().path, ['deploy', 'production', 'v0.4.0']);
    await tagship.says(`${addresses[1]} ✔ fetch v0.4.0`);
    await two().hold('v0.4.0');
    await lab('link', second?.name ?? '', 'down');
    const { exitCode, stderr } = await tagship.finished;
    await lab('link', second?.name ?? '', 'up');
    await two().letGo('v0.4.0');
    expect(stderr).toContain(
      `we were cut off from ${addresses[1]} before it was told to go on; nothing has changed there`,
    );
    expect([exitCode, await serving()]).toEqual([3, ['v0.3.0', 'v0.1.0', 'v0.1.0']]);
  });

  it('whose hosts would each take another release is refused until one is named: exit 3', async () => {
    await configure('', { hosts: [addresses[0] ?? '', addresses[2] ?? ''] });
    await one().release('v0.5.0');
    const { exitCode, stdout } = await one().tagship('deploy', 'production', '--json');
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout).problems).toMatchObject([
      {
        code: 'releases-differ',
        why: `${addresses[0]}: v0.5.0\n${addresses[2]}: v0.4.0`,
        // The highest that both can have.
        fix: 'tagship deploy production v0.4.0',
      },
    ]);
  });
});
