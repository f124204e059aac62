import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfiguredServers, domainOf } from '../support/configured-servers.ts';
import { DockerRepository } from '../support/docker-repository.ts';
import { bootLabHost, type LabHost, lab, mustOnHost, onHost } from '../support/lab.ts';
import { runProgram } from '../support/tagship.ts';

const ENGINE = fileURLToPath(new URL('../../scripts/demo.d/engine.sh', import.meta.url));

/** Takes a quarter of an hour: run by hand, with SWEEP=all, for the Debian that SUITE names. */
const EVERYTHING = process.env.SWEEP === 'all';
const TAGS = [
  'common',
  'base',
  'security',
  'docker',
  'containers',
  'monitoring',
  'backup',
  'ssl',
  'app',
  'environment',
];

describe.runIf(EVERYTHING)('on a fresh host', () => {
  let servers: ConfiguredServers;
  const host = (): LabHost => {
    const [first] = servers.hosts;
    if (first === undefined) throw new Error('no host');
    return first;
  };
  const fresh = async () => {
    await lab('down', 'fresh');
    await bootLabHost('fresh', '--bare', '--suite', process.env.SUITE ?? 'bookworm');
    servers.trustAcme();
  };

  beforeAll(async () => {
    const booted = await ConfiguredServers.boot({ fresh: process.env.SUITE ?? 'bookworm' });
    if (booted === undefined) throw new Error('no lab');
    servers = booted;
  }, 900_000);
  afterAll(async () => {
    servers?.stop();
    await lab('down', 'fresh');
  });

  it.each(TAGS)(
    'the tag %s works alone, and a second time changes nothing',
    async (tag) => {
      await fresh();
      expect(await servers.configure('--dry-run', '--tags', tag)).toMatchObject({ exitCode: 0 });
      const first = await servers.configure('--tags', tag);
      expect(first, JSON.stringify(first)).toMatchObject({ exitCode: 0 });
      expect(await servers.configure('--tags', tag)).toMatchObject({ exitCode: 0, servers: [{ changed: 0 }] });
    },
    900_000,
  );

  it('needs no Python before: a dry run says so, a real one installs it', async () => {
    await fresh();
    await mustOnHost(host(), 'sudo dpkg --purge --force-depends python3-apt >/dev/null 2>&1');
    expect(await servers.configure('--dry-run', '--tags', 'common')).toMatchObject({
      exitCode: 0,
      servers: [{ changed: 0 }],
    });
    expect(await servers.configure('--tags', 'common')).toMatchObject({ exitCode: 0 });
  }, 900_000);

  it('cloud-init cannot bring passwords back', async () => {
    await fresh();
    await mustOnHost(host(), "echo 'PasswordAuthentication yes' | sudo tee /etc/ssh/sshd_config.d/50-cloud-init.conf");
    expect(await servers.configure('--tags', 'security')).toMatchObject({ exitCode: 0 });
    expect(await mustOnHost(host(), 'sudo sshd -T | grep -i ^passwordauth')).toBe('passwordauthentication no');
  }, 900_000);

  it('what stands first in sshd_config is found to decide, and told', async () => {
    await mustOnHost(host(), "sudo sed -i '1i PasswordAuthentication yes' /etc/ssh/sshd_config");
    const refused = await servers.configure('--tags', 'security');
    expect(refused.servers[0]?.failure).toMatchObject({ task: 'Make sure that sshd does as it was told' });
    await mustOnHost(host(), "sudo sed -i '1d' /etc/ssh/sshd_config");
    expect(await servers.configure('--tags', 'security')).toMatchObject({ exitCode: 0 });
  }, 900_000);

  it('passwords are not forbidden while there is no key', async () => {
    await mustOnHost(
      host(),
      "sudo install -d -o root /etc/ssh/keys && sudo cp ~/.ssh/authorized_keys /etc/ssh/keys/pi && sudo chmod 644 /etc/ssh/keys/pi && echo 'AuthorizedKeysFile /etc/ssh/keys/%u' | sudo tee /etc/ssh/sshd_config.d/01-keys.conf && sudo systemctl reload ssh && : >~/.ssh/authorized_keys",
    );
    const refused = await servers.configure('--tags', 'security');
    expect(refused.servers[0]?.failure).toMatchObject({
      task: 'Refuse to forbid passwords without a key',
      message: expect.stringContaining('ssh-copy-id'),
    });
    await mustOnHost(
      host(),
      'cp /etc/ssh/keys/pi ~/.ssh/authorized_keys && sudo rm /etc/ssh/sshd_config.d/01-keys.conf && sudo systemctl reload ssh',
    );
  }, 900_000);

  it('SSH moves to another port and back, and a port that nobody reaches is given up', async () => {
    await fresh();
    // What a router that lets nothing through on that port does.
    const blocked = `sudo iptables -I INPUT -p tcp --dport 2222 -j DROP`;
    await mustOnHost(
      host(),
      `{ sudo apt-get -qq update && sudo apt-get -qq -y install iptables; } >/dev/null 2>&1; ${blocked}`,
    );
    servers.writeInventory({ ssh_port: 2222 });
    const refused = await servers.configure('--tags', 'security');
    expect(refused.servers[0]?.failure).toMatchObject({ task: 'Say what stands in the way' });
    expect(await mustOnHost(host(), 'sudo sshd -T | grep ^port; sudo ufw status | grep -c 2222 || :')).toBe(
      'port 22\n0',
    );
    await mustOnHost(host(), blocked.replace('-I', '-D'));
    expect(await servers.configure('--tags', 'security')).toMatchObject({ exitCode: 0 });
    expect(await onHost(host(), 'true')).toMatchObject({ exitCode: 255 });
    expect(
      await mustOnHost(
        { ...host(), port: 2222 },
        'sudo sshd -T | grep ^port; sudo ufw status | grep -c "^22/tcp" || :',
      ),
    ).toBe('port 2222\n0');
    expect(await servers.configure('--tags', 'security')).toMatchObject({ exitCode: 0, servers: [{ changed: 0 }] });
    servers.writeInventory({ ssh_port: 22, ansible_port: 2222 });
    expect(await servers.configure('--tags', 'security')).toMatchObject({ exitCode: 0 });
    expect(await mustOnHost(host(), 'sudo sshd -T | grep ^port')).toBe('port 22');
    servers.writeInventory({});
  }, 900_000);

  it("Docker's packages are taken from a repository that one key has signed, and no other", async () => {
    await fresh();
    const repository = await DockerRepository.serve(servers.gateway, process.env.SUITE ?? 'bookworm');
    const run = () => servers.configure('--tags', 'docker');
    servers.writeInventory({
      docker_source: 'ce',
      docker_ce_url: repository.url,
      docker_ce_fingerprint: repository.fingerprint,
    });
    try {
      for (const keys of ['other', 'both'] as const) {
        repository.show(keys);
        expect((await run()).servers[0]?.failure, keys).toMatchObject({ task: 'Refuse another key' });
        expect(
          await onHost(host(), 'ls /etc/apt/keyrings/docker.asc /etc/apt/sources.list.d/docker.sources'),
        ).toMatchObject({ stdout: '' });
      }
      repository.show('own');
      expect(await run()).toMatchObject({ exitCode: 0 });
      const [arch, status, ...sources] = (
        await mustOnHost(
          host(),
          'dpkg --print-architecture; dpkg -s docker-ce | grep ^Status; cat /etc/apt/sources.list.d/docker.sources',
        )
      ).split('\n');
      expect(status).toBe('Status: install ok installed');
      expect(sources).toContain(`Architectures: ${arch}`);
      expect(await run()).toMatchObject({ exitCode: 0, servers: [{ changed: 0 }] });
    } finally {
      repository.stop();
      servers.writeInventory({});
    }
  }, 900_000);

  it("somebody's broken nginx file is told, left alone, and once it is mended the run finishes", async () => {
    await fresh();
    expect(await servers.configure('--tags', 'app')).toMatchObject({ exitCode: 0 });
    await mustOnHost(host(), "echo 'server { listen 81' | sudo tee /etc/nginx/sites-enabled/mine >/dev/null");
    const refused = await servers.configure('--tags', 'app');
    expect(refused.servers[0]?.failure).toMatchObject({
      task: 'Refuse to build on broken files',
      message: expect.stringContaining('sites-enabled/mine'),
    });
    expect(await mustOnHost(host(), 'systemctl is-active nginx')).toBe('active');
    await mustOnHost(host(), 'sudo rm /etc/nginx/sites-enabled/mine');
    expect(await servers.configure('--tags', 'app')).toMatchObject({ exitCode: 0, servers: [{ changed: 0 }] });
    // A value of ours that nginx does not take is told as well, and mended by the next run.
    servers.writeInventory({ nginx_client_max_body_size: 'many' });
    expect((await servers.configure('--tags', 'app')).servers[0]?.failure).toMatchObject({
      task: 'Say what nginx does not take',
    });
    servers.writeInventory({});
    expect(await servers.configure('--tags', 'app')).toMatchObject({ exitCode: 0 });
  }, 900_000);

  it('without a network it stops at the packages, and goes on when there is one', async () => {
    await fresh();
    await mustOnHost(
      host(),
      "sudo cp /etc/resolv.conf /root/resolv.conf; echo 'nameserver 127.0.0.9' | sudo tee /etc/resolv.conf >/dev/null",
    );
    const refused = await servers.configure('--tags', 'common');
    expect(refused).toMatchObject({
      exitCode: 3,
      servers: [{ changed: 0, failure: { task: 'Refresh the package lists' } }],
    });
    await mustOnHost(host(), 'sudo cp /root/resolv.conf /etc/resolv.conf');
    expect(await servers.configure('--tags', 'common')).toMatchObject({ exitCode: 0 });
  }, 900_000);

  it('with little room on its disk it is refused before anything changes, and goes on when there is some', async () => {
    await mustOnHost(host(), 'sudo mount -t tmpfs -o size=40m tmpfs /opt');
    const refused = await servers.configure('--tags', 'monitoring');
    expect(refused).toMatchObject({
      exitCode: 3,
      servers: [{ changed: 0, failure: { task: 'Refuse a disk that is nearly full' } }],
    });
    expect(refused.servers[0]?.failure?.message).toMatch(/Only 40 MB are free on \/opt, and 500 are needed/);
    await mustOnHost(host(), 'sudo umount /opt');
    expect(await servers.configure('--tags', 'monitoring')).toMatchObject({ exitCode: 0 });
  }, 900_000);

  it('a certificate that has ended is told by the health check, and asked for anew', async () => {
    await fresh();
    expect(await servers.configure('--tags', 'ssl,monitoring')).toMatchObject({ exitCode: 0 });
    await mustOnHost(host(), ENDED_CERTIFICATE.replaceAll('DOMAIN', domainOf(host())));
    const ill = await onHost(host(), 'sudo /opt/monitoring/health_check.sh --json');
    expect(JSON.parse(ill.stdout).checks).toContainEqual(
      expect.objectContaining({ check: 'certificate', status: 'critical' }),
    );
    // Without an ACME server that answers, nginx goes on with what it has.
    servers.writeInventory({ acme_server: 'https://127.0.0.1:1/directory' });
    expect((await servers.configure('--tags', 'ssl')).servers[0]?.failure).toMatchObject({
      task: 'Say why there is no certificate',
    });
    expect(await mustOnHost(host(), 'systemctl is-active nginx')).toBe('active');
    servers.writeInventory({});
    expect(await servers.configure('--tags', 'ssl')).toMatchObject({ exitCode: 0 });
    expect(await mustOnHost(host(), `sudo /opt/scripts/check-cert-expiry.sh ${domainOf(host())}`)).toMatch(/days/);
    expect(await servers.configure('--tags', 'ssl')).toMatchObject({ exitCode: 0, servers: [{ changed: 0 }] });
  }, 900_000);

  it('a Pi gets its memory limits, on the one line that its firmware reads, once', async () => {
    await mustOnHost(
      host(),
      "sudo mkdir -p /boot/firmware && echo 'console=tty1 root=PARTUUID=1-02 rootwait' | sudo tee /boot/firmware/cmdline.txt >/dev/null",
    );
    await servers.configure('--tags', 'common');
    const line = 'console=tty1 root=PARTUUID=1-02 rootwait cgroup_enable=memory cgroup_memory=1';
    expect(await mustOnHost(host(), 'cat /boot/firmware/cmdline.txt')).toBe(line);
    expect(await servers.configure('--tags', 'common')).toMatchObject({ servers: [{ changed: 0 }] });
  }, 900_000);

  it('docker-ansible.sh runs in its image, with keys mounted read-only and host keys verified', async () => {
    await fresh();
    const image = { ANSIBLE_BASE_IMAGE: 'tagship-test/debian', ANSIBLE_IMAGE: 'tagship-test/ansible' };
    const ssh = mkdtempSync(join(tmpdir(), 'tagship-ssh-'));
    const { address, identity, knownHosts } = host();
    await runProgram('sh', ['-c', `cp ${identity} ${ssh}/id_ed25519; cp ${knownHosts} ${ssh}/known_hosts`], {
      cwd: '/',
    });
    servers.writeInventory(
      { ansible_ssh_private_key_file: '/root/.ssh/id_ed25519', ansible_ssh_common_args: '' },
      false,
    );
    const script = (...words: string[]) =>
      runProgram('./docker-ansible.sh', words, { cwd: servers.module, env: { ...image, ANSIBLE_SSH_DIR: ssh } });
    const before = (await engine('state')).stdout.trim();
    try {
      expect(await engine('up')).toMatchObject({ exitCode: 0 });
      await importDebian(image.ANSIBLE_BASE_IMAGE);
      const built = await script('build');
      expect(built.exitCode, built.stderr).toBe(0);
      expect(await script('ping')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('pong') });
      const previewed = await script('playbooks/configure_server.yml', '--check', '--diff', '--tags', 'monitoring');
      expect(previewed, previewed.stdout).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('failed=0') });
      writeFileSync(
        join(ssh, 'known_hosts'),
        `${address} ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKg2HcIwc1GpfC4PqZzR0ZcH8pL4yRZ1FZ3m2p7XqA4K\n`,
      );
      const refused = await script('ping');
      expect(refused.exitCode).not.toBe(0);
      expect(`${refused.stdout}${refused.stderr}`).toContain('Host key verification failed');
      expect(existsSync(join(ssh, 'config'))).toBe(false);
    } finally {
      if (before === 'stopped') await engine('down');
      rmSync(ssh, { recursive: true, force: true });
      servers.writeInventory({});
    }
  }, 1_800_000);
});

/** Signs what is served anew, as of two years ago. */
const ENDED_CERTIFICATE = `sudo sh -euc 'cd /etc/letsencrypt/live/DOMAIN && mkdir /tmp/ca && : >/tmp/ca/index.txt && echo 01 >/tmp/ca/serial
printf "[ca]\\ndefault_ca=d\\n[d]\\ndatabase=/tmp/ca/index.txt\\nserial=/tmp/ca/serial\\nnew_certs_dir=/tmp/ca\\ndefault_md=sha256\\npolicy=p\\nx509_extensions=x\\n[p]\\ncommonName=supplied\\n[x]\\nsubjectAltName=DNS:DOMAIN\\n" >/tmp/ca/config
openssl req -new -key privkey.pem -subj /CN=DOMAIN -out /tmp/ca/request
openssl ca -batch -selfsign -config /tmp/ca/config -keyfile privkey.pem -in /tmp/ca/request -startdate 20240101000000Z -enddate 20240201000000Z -notext -out /tmp/ca/ended 2>/dev/null
cat /tmp/ca/ended >cert.pem; cat /tmp/ca/ended >fullchain.pem; systemctl reload nginx'`;

/** This machine's Docker: `state`, `up` or `down`. */
const engine = (word: string) => runProgram(ENGINE, [word], { cwd: '/' });

/** A Debian as an image, as no registry of images can be reached: the tree of a bare test host. */
async function importDebian(name: string): Promise<void> {
  const script = `set -eu; cd "\${TAGSHIP_LAB:-/var/cache/tagship-lab}/cache"; tree=$(ls -d base-*-bare-* | head -n 1)
    tar -C "$tree" --one-file-system -c . | docker import - "$1" >/dev/null`;
  const { exitCode, stderr } = await runProgram('sh', ['-c', script, 'sh', name], { cwd: '/' });
  if (exitCode !== 0) throw new Error(stderr);
}
