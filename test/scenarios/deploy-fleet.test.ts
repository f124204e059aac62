import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeployedApp } from '../support/deployed-app.ts';
import { bootLabHost, lab } from '../support/lab.ts';
import { RunningTagship } from '../support/running-tagship.ts';
import { runProgram, TAGSHIP } from '../support/tagship.ts';

const first = await bootLabHost('fleet-a');
const second = await bootLabHost('fleet-b');

describe.skipIf(first === undefined || second === undefined)('an environment of two Pis', () => {
  let one: DeployedApp;
  let two: DeployedApp;
  const addresses = `${first?.user}@${first?.address}, ${second?.user}@${second?.address}`;
  const serving = async () => [await one.answer(), await two.answer()];

  /** Both Pis, each with its own origin, which holds the same releases. */
  beforeAll(async () => {
    if (first === undefined || second === undefined) return;
    [one, two] = [await DeployedApp.make(first, 'fleet', 8094), await DeployedApp.make(second, 'fleet', 8094)];
    const known = [first, second].map(({ knownHosts }) => readFileSync(knownHosts, 'utf8'));
    writeFileSync(join(one.path, '.git/known_hosts'), known.join(''));
    // The second's address with the first's key: as if another machine answered in its place.
    writeFileSync(join(one.path, '.git/changed'), (known[0] ?? '').replaceAll(first.address, second.address));
    await configure('known_hosts');
    await release('v0.1.0');
  });
  afterAll(async () => {
    if (second !== undefined) await lab('link', second.name, 'up');
    one?.dispose();
    two?.dispose();
  });

  async function configure(knownHosts: string, hosts = addresses): Promise<void> {
    const file = join(one.path, '.git', knownHosts);
    const written = one.configuration().replace(/hosts: .*/, `hosts: [${hosts}]`);
    await one.write('tagship.yaml', written.replace(/knownHosts: [^ }]+/, `knownHosts: ${file}`));
  }

  async function release(tag: string, behaviour?: 'needs-env'): Promise<void> {
    await one.release(tag, behaviour);
    await one.git('-c', `core.sshCommand=${two.sshCommand}`, 'push', '-q', '--force', two.originUrl, 'main', tag);
  }

  it('gets a release on both, one after the other', async () => {
    const { exitCode, stdout } = await one.tagship('deploy', 'production', '--json');
    expect(exitCode).toBe(0);
    const hosts = [{ serves: 'v0.1.0' }, { serves: 'v0.1.0' }];
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'succeeded', exit: 0, hosts });
    expect(await serving()).toEqual(['v0.1.0', 'v0.1.0']);
  });

  it('whose second fails is told host by host: exit 4, and not that nothing has changed', async () => {
    await one.onHost('echo GREETING=hello >.env');
    await release('v0.2.0', 'needs-env');
    const { exitCode, stdout, stderr } = await one.tagship('deploy', 'production', '--json');
    expect(exitCode).toBe(4);
    const hosts = [
      { outcome: 'succeeded', serves: 'v0.2.0' },
      { outcome: 'failed', exit: 3, serves: 'v0.1.0' },
    ];
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'partial', exit: 4, hosts });
    expect(stderr).toContain(`${first?.address}: v0.2.0 serves (succeeded)`);
    expect(stderr).toContain(`${second?.address}: v0.1.0 serves (failed)`);
    expect(await serving()).toEqual(['v0.2.0', 'v0.1.0']);
  });

  it('whose first fails is not begun on the second: exit 3', async () => {
    await one.onHost('rm .env');
    const { exitCode, stdout } = await one.tagship('deploy', 'production', 'v0.2.0', '--json');
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout).hosts).toMatchObject([
      { outcome: 'failed' },
      { outcome: 'not-started', serves: 'v0.1.0' },
    ]);
  });

  it('is not touched when the answer is no: exit 3, and one document', async () => {
    const command = `'${process.execPath}' '${TAGSHIP}' deploy production v0.1.0 --json >.git/answer`;
    const typed = await runProgram('script', ['-qec', command, '/dev/null'], { cwd: one.path, input: 'n\n' });
    expect(typed.stdout).toContain('nothing was done');
    expect(JSON.parse(readFileSync(join(one.path, '.git/answer'), 'utf8'))).toEqual({ outcome: 'declined', exit: 3 });
    expect(typed.exitCode).toBe(3);
    expect(await serving()).toEqual(['v0.2.0', 'v0.1.0']);
  });

  describe('one of which cannot be reached', () => {
    beforeAll(() => configure('known_hosts', `${addresses}:1`));

    it('shows the other, and exits with 3', async () => {
      const { exitCode, stdout, stderr } = await one.tagship('status', 'production', '--json');
      expect(JSON.parse(stdout).hosts).toMatchObject([
        { verdict: 'healthy', checkout: { tag: 'v0.2.0' } },
        {
          host: `${second?.user}@${second?.address}:1`,
          verdict: 'unreachable',
          problems: [{ code: 'host-unreachable' }],
        },
      ]);
      expect(stderr).toContain('cannot be reached');
      expect(exitCode).toBe(3);
      expect((await one.tagship('history', 'production')).stdout).toMatch(/deploy +v0\.2\.0 +succeeded/);
    });

    it('is refused a deployment for the reasons of all, together', async () => {
      const { exitCode, stdout } = await one.tagship('deploy', 'production', 'v7.0.0', '--json');
      const codes = JSON.parse(stdout).problems.map(({ code }: { code: string }) => code);
      expect(codes.sort()).toEqual(['host-unreachable', 'tag-missing']);
      expect(exitCode).toBe(3);
    });
  });

  it('one of which shows another host key than we know is refused, and neither is touched: exit 3', async () => {
    const swapped = join(one.path, '.git/swapped');
    const known = readFileSync(first?.knownHosts ?? '', 'utf8');
    writeFileSync(swapped, known + readFileSync(join(one.path, '.git/changed'), 'utf8'));
    await configure('swapped');
    const { exitCode, stdout, stderr } = await one.tagship('deploy', 'production', 'v0.1.0', '--json');
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout).problems).toMatchObject([{ code: 'host-key-changed' }]);
    expect(stderr).toContain(`the host key of ${second?.address} is not the one in`);
    expect(stderr).toContain('ssh-keygen -R');
    expect(await serving()).toEqual(['v0.2.0', 'v0.1.0']);
  });
  it('whose second is cut off while the first is deployed to is told that nothing has changed there: exit 4', async () => {
    await configure('known_hosts');
    await release('v0.3.0');
    const tagship = new RunningTagship(one.path, ['deploy', 'production', 'v0.3.0']);
    await tagship.says('→ fetch v0.3.0');
    await lab('link', second?.name ?? '', 'down');
    const { exitCode, stderr } = await tagship.finished;
    await lab('link', second?.name ?? '', 'up');
    expect(stderr).toContain(`${second?.address} cannot be reached; nothing has changed there`);
    expect(stderr).toContain(`${second?.address}: v0.1.0 serves (failed)`);
    expect(exitCode).toBe(4);
    expect(await serving()).toEqual(['v0.3.0', 'v0.1.0']);
  });
});
