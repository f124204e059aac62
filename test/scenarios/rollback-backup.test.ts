import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { putBackupScripts } from '../support/backup-scripts.ts';
import { type Behaviour, DeployedApp } from '../support/deployed-app.ts';
import { bootLabHost } from '../support/lab.ts';
import { RunningTagship } from '../support/running-tagship.ts';

const host = await bootLabHost('deploy');

describe.skipIf(host === undefined)('data of an earlier release', () => {
  let app: DeployedApp;
  let scripts: string;
  const deploy = async (tag: string, behaviour: Behaviour = 'well') => {
    await app.release(tag, behaviour);
    return app.tagship('deploy', 'production', tag);
  };
  const restore = (...args: string[]) => app.tagship('rollback', 'production', '--method', 'backup', ...args);
  const configuration = () => {
    const backup = `    backup: { before: "sudo -n ${scripts}/backup.sh daily", restore: "sudo -n ${scripts}/restore.sh" }\n`;
    return app.configuration('production', backup);
  };
  const write = (row: string) => app.onHost(`echo ${row} >>data/rows`);
  const rows = () => app.onHost('paste -sd" " data/rows');
  const backups = () => app.onHost(`sudo ${scripts}/restore.sh --list`);
  const history = async () =>
    JSON.parse((await app.tagship('history', 'production', '--json')).stdout).hosts[0].runs as {
      tag: string;
      method?: string;
      outcome: string;
    }[];

  beforeAll(async () => {
    if (host === undefined) return;
    app = await DeployedApp.make(host, 'saved', 8102);
    ({ scripts } = await putBackupScripts(host, app.appPath));
    await app.onHost('echo data/ >>.git/info/exclude; mkdir data');
    await app.write('tagship.yaml', configuration());
    for (const number of [1, 2, 3]) {
      const { exitCode, stderr } = await deploy(`v0.${number}.0`);
      expect(exitCode, stderr).toBe(0);
      await write(`by-v0.${number}.0`);
    }
  });
  afterAll(() => app?.dispose());

  it('were saved before each deployment', async () => {
    expect((await backups()).split('\n')).toHaveLength(3);
  });

  it('are not replaced unless it is meant: exit 3, and a dry run tells which are lost', async () => {
    const { exitCode, stderr } = await restore();
    expect(stderr).toContain('next: if you mean it: tagship rollback production --method backup --yes');
    expect(exitCode).toBe(3);
    const named = await restore('--to', 'v0.1.0');
    expect(named.stderr).toContain('mean it: tagship rollback production --to v0.1.0 --method backup --yes');
    const plan = await restore('--dry-run');
    expect(plan.stdout).toMatch(
      /everything written since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC is LOST to the app: \d+ min/,
    );
    expect(plan.exitCode).toBe(0);
    const asked = new RunningTagship(app.path, ['rollback', 'production', '--method', 'backup'], { typed: true });
    await asked.says('[y/N]');
    asked.type('\n');
    expect((await asked.finished).exitCode).toBe(3);
    expect(await rows()).toBe('by-v0.1.0 by-v0.2.0 by-v0.3.0');
  });

  it('come back with their release: the newest backup made while it served; what was there is saved', async () => {
    const { exitCode, stderr } = await restore('--yes');
    expect(exitCode, stderr).toBe(0);
    expect(await app.answer()).toBe('v0.2.0');
    expect(await rows()).toBe('by-v0.1.0 by-v0.2.0');
    expect(await app.onHost('git describe --tags --exact-match && git status --porcelain')).toBe('v0.2.0');
    expect((await history())[0]).toMatchObject({ tag: 'v0.2.0', method: 'backup', outcome: 'succeeded' });
    expect(await history()).toHaveLength(4);
    expect(await backups()).toContain('/before_restore/');
    expect(await app.status()).toMatchObject({ verdict: 'healthy', differences: [] });
  });

  it('that are broken are refused, and nothing has changed: exit 3', async () => {
    const [path = ''] = (await backups())
      .split('\n')
      .filter((line) => line.includes('/daily/'))
      .map((line) => line.split(/ +/).at(-1));
    await app.onHost(
      `sudo cp ${path} /tmp/whole && printf x | sudo dd of=${path} bs=1 seek=100 conv=notrunc 2>/dev/null`,
    );
    const { exitCode, stderr } = await restore('--yes', '--backup', path.split('/').at(-1) ?? '');
    await app.onHost(`sudo cp /tmp/whole ${path}`);
    expect(stderr).toContain('its bytes are not those that were written');
    expect(exitCode, stderr).toBe(3);
    expect(await rows()).toBe('by-v0.1.0 by-v0.2.0');
    expect(await app.answer()).toBe('v0.2.0');
  });

  it('come back by name', async () => {
    const saved =
      (await backups())
        .split('\n')
        .find((line) => line.includes('/before_restore/'))
        ?.split(/ +/)
        .at(-1) ?? '';
    const { exitCode, stderr } = await restore('--yes', '--json', '--backup', saved);
    expect(exitCode, stderr).toBe(0);
    expect(await app.answer()).toBe('v0.3.0');
    expect(await rows()).toBe('by-v0.1.0 by-v0.2.0 by-v0.3.0');
  });

  it('come back alone by a command of the user: their release is checked out', async () => {
    const [made] = (await backups()).split('\n').filter((line) => line.includes('/daily/'));
    const config = `    backup: { restore: "sh ${app.appPath}/../restore-data.sh" }\n`;
    await app.write('tagship.yaml', app.configuration('production', config));
    await app.onHost(`cat >../restore-data.sh <<'END'
case $1 in
  --list) echo '${made?.slice(0, 19)}  1K  /own/data.tar' ;;
  --check) ;;
  *) docker compose stop --timeout 0 2>/dev/null; echo as-they-were >data/rows ;;
esac
END`);
    const { exitCode, stderr } = await restore('--yes', '--backup', '/own/data.tar');
    expect(exitCode, stderr).toBe(0);
    expect([await app.answer(), await rows()]).toEqual(['v0.2.0', 'as-they-were']);
    expect(await app.onHost('git describe --tags --exact-match && git status --porcelain')).toBe('v0.2.0');
    await app.write('tagship.yaml', configuration());
    expect((await app.tagship('deploy', 'production', 'v0.3.0')).exitCode).toBe(0);
  });

  it('without a backup of that time are not to be had: exit 3, and those that there are', async () => {
    await app.onHost(`sudo sh -c 'rm -r ${scripts}.backups/daily'`);
    const { exitCode, stderr } = await restore('--yes', '--to', 'v0.1.0');
    expect(stderr).toContain('was made while v0.1.0 served');
    expect(exitCode, stderr).toBe(3);
    const unknown = await restore('--yes', '--backup', 'nothing.tar.gz');
    expect(unknown.stderr).toContain('there is no backup nothing.tar.gz');
    expect(unknown.exitCode).toBe(3);
  });

  it('a backup that fails before a deployment stops it: exit 3', async () => {
    await app.write(
      'tagship.yaml',
      app.configuration('production', '    backup: { before: "echo no room; exit 3" }\n'),
    );
    const { exitCode, stderr } = await deploy('v0.4.0');
    expect(stderr).toContain('the backup before the deployment failed (status 3)');
    expect(exitCode, stderr).toBe(3);
    expect(await app.answer()).toBe('v0.3.0');
  });

  it('that the release does not bear after all are left, and how to have back what was there is told: exit 6', async () => {
    const config = `    backup: { restore: "sh ${app.appPath}/../restore-badly.sh" }\n`;
    await app.write('tagship.yaml', app.configuration('production', config));
    await app.onHost(`cat >../restore-badly.sh <<'END'
case $1 in
  --list)
    echo "$(date '+%Y-%m-%d %H:%M:%S')  1K  /backups/before_restore/saved.tar.gz"
    echo "$(cat ${app.appPath}/../made)  1K  /backups/daily/bad.tar.gz" ;;
  --check) ;;
  *) echo broken >${app.appPath}/data/rows; exit 1 ;;
esac
END
date '+%Y-%m-%d %H:%M:%S' >../made`);
    const { exitCode, stderr } = await restore('--yes', '--backup', 'bad.tar.gz');
    expect(stderr).toContain('to have back what was there: sh ');
    expect(stderr).toContain('/backups/before_restore/saved.tar.gz --yes');
    expect(exitCode, stderr).toBe(6);
  });
});
