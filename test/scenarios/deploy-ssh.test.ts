import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bootLabHost, type LabHost, mustOnHost, onHost } from '../support/lab.ts';
import { RunningTagship } from '../support/running-tagship.ts';
import { runTagship } from '../support/tagship.ts';

const pi = await bootLabHost('ssh');
const bastion = await bootLabHost('bastion');

/** `tagship status` of a host that has no app: it was reached when that is what it says. */
const REACHED = 'there is no /srv/nothing on';

describe.skipIf(pi === undefined || bastion === undefined)('a Pi with a real sshd', () => {
  const [host, jump] = [pi as LabHost, bastion as LabHost];
  const home = mkdtempSync(join(tmpdir(), 'tagship-home-'));
  const file = (name: string) => join(home, '.ssh', name);
  const env = { HOME: home, SSH_AUTH_SOCK: '' };
  const known = (one: LabHost) => readFileSync(one.knownHosts, 'utf8');

  beforeAll(() => {
    mkdirSync(join(home, '.ssh'), { mode: 0o700 });
    writeFileSync(join(home, 'tagship.yaml'), 'environments: { pi: { hosts: [kitchen], path: /srv/nothing } }\n');
  });
  beforeEach(() => {
    rmSync(file('known_hosts'), { force: true });
    configure();
  });
  afterAll(() => rmSync(home, { recursive: true }));

  function configure(extra = '', identity = host.identity): void {
    const kitchen = `Host kitchen\n  HostName ${host.address}\n  User ${host.user}\n  IdentityFile ${identity}\n${extra}`;
    writeFileSync(file('config'), kitchen, { mode: 0o600 });
  }
  const status = () => runTagship(['status', 'pi'], { cwd: home, env });

  it('is asked about at the first connection from a terminal, remembered, and refused without one', async () => {
    const refused = await status();
    expect([refused.exitCode, refused.stderr]).toEqual([3, expect.stringContaining('is not in ~/.ssh/known_hosts')]);
    const answered = async (answer: string) => {
      const asking = new RunningTagship(home, ['status', 'pi'], { typed: true, env });
      await asking.says('Is it the key of that host, to be remembered? [y/N]');
      asking.type(`${answer}\r`);
      return (await asking.finished).stderr;
    };
    expect(await answered('')).toContain('is not in ~/.ssh/known_hosts');
    expect(existsSync(file('known_hosts'))).toBe(false);
    const said = await answered('y');
    expect(said).toContain(REACHED);
    const fingerprints = String(execFileSync('ssh-keygen', ['-lf', host.knownHosts]));
    const [shown = 'none'] = /SHA256:\S+/.exec(said) ?? [];
    expect(fingerprints).toContain(shown);
    expect((await status()).stderr).toContain(REACHED);
  });

  it('is reached with a key whose passphrase is asked for, unseen', async () => {
    writeFileSync(file('known_hosts'), known(host));
    rmSync(file('locked'), { force: true });
    execFileSync('cp', [host.identity, file('locked')]);
    execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'open sesame', '-f', file('locked')]);
    configure('', '~/.ssh/locked');
    expect((await status()).stderr).toContain('ssh-add');
    const asking = new RunningTagship(home, ['status', 'pi'], { typed: true, env });
    await asking.says(`Passphrase of ${file('locked')}: `);
    asking.type('open sesame\r');
    const { stderr } = await asking.finished;
    expect(stderr).toContain(REACHED);
    expect(stderr).not.toContain('sesame');
  });

  it('is reached through another host', async () => {
    writeFileSync(file('known_hosts'), known(host) + known(jump));
    configure(
      `  ProxyJump bastion\nHost bastion\n  HostName ${jump.address}\n  User pi\n  IdentityFile ${host.identity}\n`,
    );
    expect((await status()).stderr).toContain(REACHED);
    const { stdout } = await onHost(jump, 'sudo journalctl -u ssh --since -1min | grep -c "Accepted publickey"');
    expect(Number(stdout)).toBeGreaterThan(0);
  });

  it('is known by the certificate of an authority, and not by that of another', async () => {
    for (const name of ['ca', 'other-ca'])
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file(name)]);
    const keys = join(host.root, 'etc/ssh');
    const sign = ['-q', '-s', file('ca'), '-I', 'kitchen', '-h', '-n', host.address];
    execFileSync('ssh-keygen', [...sign, join(keys, 'ssh_host_ed25519_key.pub')]);
    const option = join(keys, 'sshd_config.d/certificate.conf');
    writeFileSync(option, 'HostCertificate /etc/ssh/ssh_host_ed25519_key-cert.pub\n');
    await mustOnHost(host, 'sudo systemctl reload ssh');
    const scan = () => String(execFileSync('ssh-keyscan', ['-c', host.address], { stdio: 'pipe' }));
    await expect.poll(scan).toContain('-cert-v01@openssh.com');
    try {
      const trust = (ca: string) =>
        writeFileSync(file('known_hosts'), `@cert-authority 10.* ${readFileSync(file(`${ca}.pub`), 'utf8')}`);
      trust('other-ca');
      expect((await status()).stderr).toContain('no certificate vouches for the host key');
      trust('ca');
      expect((await status()).stderr).toContain(REACHED);
      const [, , key = ''] = known(host).split(' ');
      appendFileSync(file('known_hosts'), `@revoked * ssh-ed25519 ${key}`);
      expect((await status()).stderr).toContain('is marked as revoked');
    } finally {
      rmSync(option);
      await onHost(host, 'sudo systemctl reload ssh');
    }
  });
});
