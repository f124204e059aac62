import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeployedApp } from '../support/deployed-app.ts';
import { bootLabHost, mustOnHost } from '../support/lab.ts';
import { RunningTagship } from '../support/running-tagship.ts';

const host = await bootLabHost('deploy');

describe.skipIf(host === undefined)('a disk that a release has filled', () => {
  let app: DeployedApp;
  /** The app directory is a disk of its own, which nobody else fills. */
  const unmount = async () => host && mustOnHost(host, 'sudo umount -l ~/full 2>/dev/null || :; rm -rf ~/full.made');

  beforeAll(async () => {
    if (host === undefined) return;
    await unmount();
    app = await DeployedApp.make(host, 'full', 8132);
    await app.onHost(`cd .. && mv full full.made && mkdir full
      sudo mount -t tmpfs -o "size=40m,mode=755,uid=$(id -u),gid=$(id -g)" tmpfs full
      cp -a full.made/. full/`);
    await app.write('tagship.yaml', app.configuration('production', '    preflight: { disk: 1M }\n'));
    await app.release('v0.1.0');
    expect((await app.tagship('deploy', 'production')).exitCode).toBe(0);
  });
  afterAll(async () => {
    app?.dispose();
    await unmount();
  });

  it('does not keep the one before it from coming back, nor the journal from telling it: exit 5', async () => {
    await app.release('v0.2.0', 'health-500');
    const running = new RunningTagship(app.path, ['deploy', 'production']);
    await running.says('→ wait until every container runs');
    await app.onHost('dd if=/dev/zero of=filler bs=1k 2>/dev/null || :');
    const { exitCode, stderr } = await running.finished;
    expect(exitCode, stderr).toBe(5);
    expect([await app.answer(), await app.onHost('git describe --tags')]).toEqual(['v0.1.0', 'v0.1.0']);
    expect(
      await app.onHost('tail -n 1 .git/tagship/journal.jsonl; ls .git/tagship/runs/*/reserve 2>/dev/null || :'),
    ).toMatch(/"closed","outcome":"rolled_back"\}$/);
    await app.onHost('rm filler');
    expect(await app.status()).toMatchObject({ verdict: 'healthy', differences: [], last: { outcome: 'rolled_back' } });
  });
});
