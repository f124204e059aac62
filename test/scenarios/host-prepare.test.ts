import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootUnit } from '../../src/deploy/boot-unit.ts';
import { DeployedApp } from '../support/deployed-app.ts';
import { bootLabHost, mustOnHost } from '../support/lab.ts';

// Its own Pi, because it takes the rights to use sudo away for a while.
const host = await bootLabHost('prepared');

describe.skipIf(host === undefined)('tagship host prepare', () => {
  let app: DeployedApp;
  const prepare = (...options: string[]) => app.tagship('host', 'prepare', 'production', ...options);
  const units = () => app.onHost('ls /etc/systemd/system | grep tagship-settle-prepared || :');
  const settlesAtBoot = async () => (await app.status()).settlesAtBoot;

  beforeAll(async () => {
    if (host !== undefined) app = await DeployedApp.make(host, 'prepared', 8098);
  });
  afterAll(() => app?.dispose());

  it('shows on --dry-run what it would write, and writes nothing', async () => {
    const { exitCode, stdout } = await prepare('--dry-run');
    expect(stdout).toContain('write /etc/systemd/system/tagship-settle-prepared-');
    expect(stdout).toContain('ExecStart=/bin/sh "/home/pi/prepared/.git/tagship/settle-open.sh" boot');
    expect(exitCode).toBe(0);
    expect([await units(), await app.onHost('ls .git | grep tagship || :')]).toEqual(['', '']);
  });

  it('does no more than it may: where sudo asks for a password, it says what to type, and that works', async () => {
    const [rights, away] = ['etc/sudoers.d/pi', 'etc/sudoers.pi'].map((path) => join(host?.root ?? '', path));
    renameSync(rights ?? '', away ?? '');
    const { exitCode, stderr } = await prepare();
    renameSync(away ?? '', rights ?? '');
    expect(exitCode).toBe(3);
    expect(stderr).toContain('sudo there asks for a password');
    const typed = /next: on .*?: (sudo install .*)/.exec(stderr)?.[1] ?? 'false';
    await app.onHost(typed);
    expect(await settlesAtBoot()).toBe(true);
  });

  it('has nothing to do the second time', async () => {
    const before = await app.onHost('stat -c %y /etc/systemd/system/tagship-settle-prepared*');
    const { exitCode, stderr } = await prepare();
    expect(stderr).toContain('nothing to do');
    expect(exitCode).toBe(0);
    expect(await app.onHost('stat -c %y /etc/systemd/system/tagship-settle-prepared*')).toBe(before);
  });

  it('puts right a unit that somebody changed', async () => {
    await app.onHost('sudo sed -i s/User=pi/User=root/ /etc/systemd/system/tagship-settle-prepared*');
    expect((await prepare()).exitCode).toBe(0);
    expect(await app.onHost('grep User= /etc/systemd/system/tagship-settle-prepared*')).toBe('User=pi');
  });

  it('puts it in order for a clone that is made anew in the same place', async () => {
    await app.onHost('rm -rf .git/tagship');
    expect((await prepare()).exitCode).toBe(0);
    expect(await settlesAtBoot()).toBe(true);
  });

  it('is taken away again by --remove, and status says how to have it', async () => {
    const { exitCode, stdout } = await prepare('--remove', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'done', exit: 0 });
    expect(exitCode).toBe(0);
    expect(await units()).toBe('');
    expect(await settlesAtBoot()).toBe(false);
    expect((await app.tagship('status', 'production')).stdout).toContain('tagship host prepare production');
  });

  it('writes a path as systemd reads it, whatever it holds', async () => {
    if (host === undefined) return;
    const path = `/home/pi/it's 100% "$HOME" $(id) \\ an app`;
    const { text } = bootUnit('pi', path, `${path}/.git/tagship`);
    await mustOnHost(
      host,
      `state=$(cat <<'END'\n${path}/.git/tagship\nEND\n) && mkdir -p "$state" && cd "$state"
      printf 'dirname "$0" >/home/pi/was-run; echo "$1" >>/home/pi/was-run\n' >settle-open.sh
      sudo tee /run/systemd/system/tagship-hostile.service >/dev/null <<'END'
${text}END
      sudo systemctl daemon-reload && sudo systemctl start tagship-hostile`,
    );
    const said = await mustOnHost(host, 'cat was-run; sudo rm /run/systemd/system/tagship-hostile.service was-run');
    expect(said).toBe(`${path}/.git/tagship
boot`);
  });
});
