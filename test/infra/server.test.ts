import { execFileSync } from 'node:child_process';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APP_HOME } from '../support/board-app.ts';
import { ConfiguredServers, domainOf, type InfraReport } from '../support/configured-servers.ts';
import { eventually } from '../support/eventually.ts';
import { type LabHost, lab, mustOnHost, onHost } from '../support/lab.ts';
import { sayLeftOut } from '../support/left-out.ts';
import { hasProgram } from '../support/needs.ts';
import { type Finished, runProgram } from '../support/tagship.ts';
import { isLate } from '../support/time-left.ts';

/** Takes as long as a third of all other tests, on each Debian: the newer one in CI, or the one of SUITE, both with SWEEP=all. */
const { CI, SWEEP, SUITE = CI === 'true' ? 'trixie' : undefined } = process.env;
const EVERYTHING = SWEEP === 'all';
if (!EVERYTHING)
  console.warn(
    `\n!!! of bare servers ${SUITE ?? 'none'} is configured: in CI trixie, SWEEP=all does Debian 12 and 13\n`,
  );

const canRun = () =>
  (EVERYTHING || SUITE !== undefined) &&
  [
    ['ansible-playbook', '--version'],
    ['pebble', '-version'],
    ['ssh-audit', '--help'],
    ['curl', '--version'],
  ].every(([name = '', word = '']) => hasProgram(name, word));

const SUITES = Object.fromEntries(
  Object.entries({ server12: 'bookworm', server13: 'trixie' }).filter(([, suite]) => EVERYTHING || suite === SUITE),
);
const NAMES = Object.keys(SUITES);
/** At least, in seconds. */
const TAKES = 12 * 60;
/** What a bare host is like is the same to look at for both, and two at once take twice as long. */
const PREVIEWED = NAMES.at(-1) ?? '';

describe.runIf(canRun())('a bare Debian', () => {
  let servers: ConfiguredServers;
  let preview: InfraReport;
  let first: InfraReport;
  let second: InfraReport;
  let untouched: string;

  beforeAll(async () => {
    if (isLate(TAKES)) {
      sayLeftOut('a bare Debian becomes a server');
      return;
    }
    const booted = await ConfiguredServers.boot(SUITES);
    if (booted === undefined) return;
    servers = booted;
    // As many a provider leaves sshd, whose ports of several files add up; and settings of a run without a repository.
    const left = `echo 'Port 22' | sudo tee -a /etc/ssh/sshd_config; sudo mkdir ${APP_HOME}; sudo touch ${APP_HOME}/.env`;
    for (const name of NAMES) await mustOnHost(host(name), left);
    const began = Date.now();
    const before = await fingerprint(host(PREVIEWED));
    preview = await servers.configure('--dry-run', '--limit', PREVIEWED);
    untouched = before === (await fingerprint(host(PREVIEWED))) ? 'untouched' : 'touched';
    first = await servers.configure();
    if (first.exitCode !== 0) throw new Error(JSON.stringify(first, null, 2));
    console.log(`bare to configured, ${NAMES.join(' and ')}: ${Math.round((Date.now() - began) / 1000)} s`);
    for (const name of NAMES) {
      const deployed = await servers.app.tagship('deploy', name, 'v0.1.0', '--yes');
      if (deployed.exitCode !== 0) throw new Error(deployed.stderr);
    }
    console.log(
      `bare to serving through nginx with TLS, ${NAMES.join(' and ')}: ${Math.round((Date.now() - began) / 1000)} s`,
    );
    second = await servers.configure();
  }, 1_800_000);

  afterAll(async () => {
    servers?.stop();
    await lab('down', ...NAMES);
  });

  const host = (name: string): LabHost => {
    const found = servers.hosts.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no host ${name}`);
    return found;
  };
  const asAppUser = (one: LabHost): LabHost => ({ ...one, user: 'appuser' });
  const needsLab = (context: { skip: () => void }) => {
    if (servers === undefined) context.skip();
  };

  it('is previewed without a failure, and without being touched', (context) => {
    needsLab(context);
    expect(preview.servers).toMatchObject([{ host: PREVIEWED, outcome: 'configured' }]);
    expect(preview.servers[0]?.changed).toBeGreaterThan(20);
    expect(untouched).toBe('untouched');
  });

  it('is refused where it calls itself Ubuntu, whose packages are others', async (context) => {
    needsLab(context);
    const at = host(PREVIEWED);
    const file = (await mustOnHost(at, 'readlink -f /etc/os-release')).trim();
    const named = 's/^ID=.*/ID=ubuntu/; s/^NAME=.*/NAME=Ubuntu/; s/^VERSION_ID=.*/VERSION_ID=24.04/; s/Debian/Ubuntu/';
    await mustOnHost(at, `sudo cp ${file} /root/os-release; sudo sed -i '${named}' ${file}`);
    const refused = await servers.configure('--dry-run', '--limit', PREVIEWED, '--tags', 'monitoring');
    await mustOnHost(at, `sudo cp /root/os-release ${file}`);
    expect(refused.servers[0]?.failure).toMatchObject({ task: 'Refuse what is no Debian 12 or newer' });
  });

  it('is configured by one run, and left alone by the next', (context) => {
    needsLab(context);
    expect(second).toMatchObject({ exitCode: 0, servers: NAMES.map((name) => ({ host: name, changed: 0 })) });
  });

  describe.each(NAMES)('%s', (name) => {
    it('serves the deployed app through nginx, by its name and with its certificate', async (context) => {
      needsLab(context);
      const at = host(name);
      expect(await overHttps(at, '/')).toBe('board v0.1.0');
      expect(await issuerOf(at)).toContain('Pebble');
      // What the guide has a person type on the host and beside it.
      const typed =
        'curl -fsS http://localhost/health; curl -fsS http://localhost/api/health; curl -fsSI http://localhost | head -n 1';
      expect(await mustOnHost(at, typed)).toMatch(/healthy.*\n.*healthy.*\nHTTP\/1.1 200/);
      expect(await http(at, '/health', at.address)).toBe('200');
      expect(await http(at, '/', domainOf(at))).toBe('301');
    });

    it('answers from outside on SSH and the web alone, though Compose publishes a port to all, and a container has an address', async (context) => {
      needsLab(context);
      const at = host(name);
      const published = await mustOnHost(
        at,
        "sudo ss -Hltn 'sport = :8080' | head -n 1; sudo docker ps --format '{{.Ports}}'",
      );
      expect(published).toContain('0.0.0.0:8080');
      expect(await openPorts(at)).toEqual([22, 80, 443]);
      const [bridge = '', container = ''] = (await mustOnHost(at, CONTAINER_ADDRESS)).split(' ');
      execFileSync('ip', ['route', 'replace', bridge, 'via', at.address]);
      try {
        expect(await answers(container, 8080)).toBe(false);
      } finally {
        execFileSync('ip', ['route', 'del', bridge]);
      }
      await mustOnHost(at, 'sudo systemctl restart docker');
      await eventually(async () => (await http(at, '/health', at.address)) === '200', 'the app answers again');
      expect(await openPorts(at)).toEqual([22, 80, 443]);
      expect(
        await mustOnHost(at, 'sudo systemctl restart ufw docker-guard; sudo iptables -S DOCKER-USER | grep -c DROP'),
      ).toBe('4');
    });

    it('lets nobody in as root or with a password', async (context) => {
      needsLab(context);
      const at = host(name);
      for (const [user, method] of [
        ['root', 'publickey'],
        ['pi', 'password'],
        ['pi', 'keyboard-interactive'],
      ] as const) {
        const { exitCode, stderr } = await sshAs(at, user, '-o', `PreferredAuthentications=${method}`);
        expect({ user, method, exitCode, stderr }).toMatchObject({
          exitCode: 255,
          stderr: expect.stringMatching(/Permission denied \(publickey\)/),
        });
      }
    });

    it('is hardened as the baselines ask', async (context) => {
      needsLab(context);
      const at = host(name);
      const effective = (await mustOnHost(at, 'sudo sshd -T')).split('\n');
      expect(effective).toEqual(expect.arrayContaining(SSH_BASELINE));
      expect(await mustOnHost(at, 'stat -c "%U:%G %a" /etc/ssh/sshd_config.d/00-server.conf')).toBe('root:root 600');
      const audit = await runProgram('ssh-audit', ['--no-colors', '--level=fail', ...(await calmly()), at.address], {
        cwd: '/',
      });
      expect(audit.stdout).not.toContain('[fail]');
      expect(audit.exitCode, audit.stdout).not.toBe(3);
      expect(await mustOnHost(at, READABLE_SECRETS)).toBe('');
      expect(
        await mustOnHost(
          at,
          'sudo find /opt/scripts /opt/monitoring /usr/local/sbin -type f ! -user root -o -type f -perm /022',
        ),
      ).toBe('');
      expect(
        await mustOnHost(
          at,
          'sudo systemctl is-active ufw fail2ban nginx docker docker-guard certbot.timer health-check.timer backup-daily.timer',
        ),
      ).not.toMatch(/inactive|failed/);
    });

    it('lets the user of the app type what the guide has typed with sudo, and nothing else', async (context) => {
      needsLab(context);
      const at = asAppUser(host(name));
      const typed = [
        'sudo -n /opt/scripts/restore.sh --list',
        'sudo -n /opt/scripts/restore.sh --recover',
        'sudo -n systemctl status nginx',
        'sudo -n nginx -t',
        'sudo -n /opt/scripts/backup.sh stats',
        `sudo -n /opt/scripts/check-cert-expiry.sh ${domainOf(host(name))}`,
        'sudo -n journalctl -u nginx',
        'sudo -n lsof -i :80',
        'docker ps',
        'docker-compose ps',
        'docker-compose logs --tail=100',
      ];
      for (const command of typed) {
        const { exitCode, stderr } = await onHost(
          at,
          `cd ${APP_HOME}; TAGSHIP_TAG=v0.1.0; export TAGSHIP_TAG; ${command}`,
        );
        expect({ command, exitCode, stderr }).toMatchObject({ exitCode: 0 });
      }
      for (const command of [
        'sudo -n sh',
        'sudo -n cat /etc/shadow',
        'sudo -n /opt/scripts/restore.sh /tmp/../etc/x.tar.gz --yes',
      ]) {
        expect(await onHost(at, command), command).toMatchObject({ exitCode: 1 });
      }
    });

    it('tells how it is, with an exit status that is true', async (context) => {
      needsLab(context);
      const at = host(name);
      const well = await onHost(at, 'sudo /opt/monitoring/health_check.sh --json');
      const report = JSON.parse(well.stdout);
      expect({ exitCode: well.exitCode, report }).toMatchObject({
        exitCode: { ok: 0, warning: 1, critical: 2 }[String(report.status)],
      });
      const of = (check: string, from = report) => from.checks.find((one: { check: string }) => one.check === check);
      for (const check of ['containers', 'nginx', 'application', 'certificate', 'backup'])
        expect(of(check, report)).toMatchObject({ status: 'ok' });
      // The names of units have backslashes in them, as those of disks do.
      await mustOnHost(
        at,
        "sudo docker stop $(sudo docker ps -q) >/dev/null; sudo systemctl stop nginx; sudo systemd-run -q --wait --unit 'a\\x2ddisk' false || :",
      );
      const ill = await onHost(at, 'sudo /opt/monitoring/health_check.sh --json; echo " $?"');
      expect(ill.stdout).toMatch(/ 2\n$/);
      for (const check of ['containers', 'nginx', 'application'])
        expect(of(check, JSON.parse(ill.stdout.replace(/ 2\n$/, '')))).toMatchObject({ status: 'critical' });
      expect(of('units', JSON.parse(ill.stdout.replace(/ 2\n$/, '')))).toMatchObject({
        message: expect.stringContaining('a\\x2ddisk.service'),
      });
      await mustOnHost(
        at,
        'sudo systemctl reset-failed; sudo systemctl start nginx; sudo docker start $(sudo docker ps -aq) >/dev/null',
      );
    });

    it('renews its certificate, and serves the new one', async (context) => {
      needsLab(context);
      const at = host(name);
      const before = await serialOf(at);
      await mustOnHost(
        at,
        // Without --server, certbot rehearses with Let's Encrypt alone.
        `sudo REQUESTS_CA_BUNDLE=/etc/ssl/acme-ca.pem certbot renew --dry-run --server ${servers.pebble.directory} --no-random-sleep-on-renew 2>&1`,
      );
      await mustOnHost(
        at,
        "sudo sed -i 's/^# renew_before_expiry.*/renew_before_expiry = 20 years/' /etc/letsencrypt/renewal/*.conf; sudo systemctl start certbot.service",
      );
      await eventually(async () => (await serialOf(at)) !== before, 'the renewed certificate is served');
      expect(await mustOnHost(at, 'sudo cat /var/log/certbot-renew.log')).toContain('succeeded');
      await mustOnHost(
        at,
        "sudo sed -i 's/^renew_before_expiry.*/# renew_before_expiry = 30 days/' /etc/letsencrypt/renewal/*.conf",
      );
    });

    it('asks another ACME server for its certificate once that is named', async (context) => {
      needsLab(context);
      const at = host(name);
      const before = await serialOf(at);
      servers.writeInventory({ acme_server: `${servers.pebble.directory}?another` });
      const run = () => servers.configure('--limit', name, '--tags', 'ssl');
      expect(await run()).toMatchObject({ exitCode: 0 });
      expect(await serialOf(at)).not.toBe(before);
      expect(await run()).toMatchObject({ exitCode: 0, servers: [{ changed: 0 }] });
      servers.writeInventory({});
      expect(await run()).toMatchObject({ exitCode: 0 });
    });

    it('brings the app and its data back from a backup', async (context) => {
      needsLab(context);
      const at = host(name);
      const data = `cd ${APP_HOME} && sudo sh -c 'sha256sum data/words .env docker-compose.yml; cat /var/lib/docker/volumes/*_state/_data/first; sqlite3 data/doc.grist .dump; stat -c "%n %U %a" .env data/words'`;
      await mustOnHost(
        asAppUser(at),
        `cd ${APP_HOME}; docker run --rm -v $PWD/data:/data --entrypoint /bin/busybox $(docker images -q | head -n 1) sh -c '/bin/busybox chmod 777 /data; /bin/busybox echo precious >/data/words'`,
      );
      await mustOnHost(
        at,
        `cd ${APP_HOME} && sudo sqlite3 data/doc.grist 'PRAGMA journal_mode=WAL; CREATE TABLE t (x); INSERT INTO t VALUES (42)'`,
      );
      const before = await mustOnHost(at, data);
      await mustOnHost(at, 'sudo /opt/scripts/backup.sh daily');
      await mustOnHost(
        at,
        `sudo docker rm -f $(sudo docker ps -aq) >/dev/null; sudo docker volume rm $(sudo docker volume ls -q) >/dev/null; sudo rm -rf ${APP_HOME}/* ${APP_HOME}/.env ${APP_HOME}/.git /etc/nginx/sites-available /etc/letsencrypt`,
      );
      await mustOnHost(asAppUser(at), 'sudo -n /opt/scripts/restore.sh --latest --yes');
      expect(await mustOnHost(at, data)).toBe(before);
      await eventually(async () => (await overHttps(at, '/data')) === 'precious', 'the app serves its data again');
      expect(await servers.app.tagship('status', name, '--json')).toMatchObject({
        stdout: expect.stringContaining('"healthy":true'),
      });
    });
  });

  it('bans an address that guesses, and no other', async (context) => {
    needsLab(context);
    const at = host(NAMES[0] ?? '');
    const [bridge = ''] =
      execFileSync('ip', ['-o', 'route', 'get', at.address], { encoding: 'utf8' }).match(/(?<=dev )\S+/) ?? [];
    const second = servers.gateway.replace(/\.1$/, '.2');
    execFileSync('ip', ['address', 'replace', `${second}/24`, 'dev', bridge]);
    try {
      for (let tries = 0; tries < 6; tries += 1) await sshAs(at, 'nobody-here', '-b', second);
      await eventually(async () => !(await answers(at.address, 22, second)), 'the second address is banned');
      expect(await mustOnHost(at, 'sudo fail2ban-client status sshd')).toContain(second);
      expect(await answers(at.address, 22)).toBe(true);
    } finally {
      execFileSync('ip', ['address', 'del', `${second}/24`, 'dev', bridge]);
    }
  });

  it('finishes at boot the restore that a power cut broke off', async (context) => {
    needsLab(context);
    for (const name of NAMES) {
      const at = host(name);
      await mustOnHost(at, `echo newer | sudo tee ${APP_HOME}/data/words >/dev/null`);
      await mustOnHost(at, RESTORE_HELD_WHEN_READY);
      await lab('cut', name);
      await lab('up', name);
      await eventually(async () => (await overHttps(at, '/data').catch(() => '')) === 'precious', 'what was restored');
      expect(await onHost(at, 'sudo test -e /opt/backups/.restore')).toMatchObject({ exitCode: 1 });
    }
  });

  it('is the same after that power cut, and a preview finds nothing to change', async (context) => {
    needsLab(context);
    for (const name of NAMES) {
      const at = host(name);
      await eventually(async () => (await overHttps(at, '/').catch(() => '')) === 'board v0.1.0', 'the app serves');
      expect(await openPorts(at)).toEqual([22, 80, 443]);
      expect(await mustOnHost(at, 'systemctl is-enabled tagship-settle restore-recover docker-guard')).toBe(
        'enabled\nenabled\nenabled',
      );
    }
    expect(await servers.configure('--dry-run')).toMatchObject({
      exitCode: 0,
      servers: NAMES.map((name) => ({ host: name, changed: 0 })),
    });
  });

  it('puts to use what was written before a task failed, and finishes once that is mended', async (context) => {
    needsLab(context);
    const [name = ''] = NAMES;
    const run = (...words: string[]) => servers.configure('--limit', name, '--tags', 'security,app', ...words);
    const tries = () => mustOnHost(host(name), 'sudo fail2ban-client get sshd maxretry');
    // Whom the inventory does not name, ssh does; the keys are for that user, and not for root.
    const key = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKg2HcIwc1GpfC4PqZzR0ZcH8pL4yRZ1FZ3m2p7XqA4K`;
    servers.writeInventory({
      fail2ban_maxretry: 4,
      nginx_client_max_body_size: 'many',
      ansible_user: undefined,
      ansible_ssh_extra_args: '-o User=pi',
      ssh_authorized_keys: [key],
    });
    expect(await run('--extra-vars', 'docker_tag=v0.1.0')).toMatchObject({
      exitCode: 4,
      servers: [
        {
          outcome: 'failed',
          failure: { task: 'Say what nginx does not take', message: expect.stringContaining('client_max_body_size') },
        },
      ],
    });
    expect(await mustOnHost(host(name), 'sudo nginx -t 2>&1 && ls /etc/nginx/*/*~ 2>/dev/null || :')).toMatch(
      /successful$/,
    );
    expect(await tries()).toBe('4');
    expect(await mustOnHost(host(name), `sudo grep -lr '${key}' /root/.ssh /home/pi/.ssh || :`)).toBe(
      '/home/pi/.ssh/authorized_keys',
    );
    servers.writeInventory({});
    expect(await run()).toMatchObject({ exitCode: 0 });
    expect(await tries()).toBe('5');
    // The release that deploy.sh has named stays.
    expect(await mustOnHost(host(name), `sudo grep -E '^(DOCKER|DEPLOYMENT)_' ${APP_HOME}/.env`)).toBe(
      "DEPLOYMENT_ENV='production'\nDOCKER_TAG='v0.1.0'",
    );
  });

  it('has an index of lynis of at least 72', async (context) => {
    needsLab(context);
    for (const name of NAMES) {
      const at = host(name);
      await mustOnHost(
        at,
        'sudo DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install lynis >/dev/null',
      );
      const index = await mustOnHost(
        at,
        "sudo lynis audit system --quick --no-colors >/dev/null 2>&1; sudo sed -n 's/^hardening_index=//p' /var/log/lynis-report.dat",
      );
      console.log(`${name}: lynis ${index}`);
      expect(Number(index)).toBeGreaterThanOrEqual(72);
    }
  }, 1_200_000);
});

/** Version 3.2 and later tries how many connections it gets, and is banned for it as anybody would be. */
async function calmly(): Promise<readonly string[]> {
  const { stdout, stderr } = await runProgram('ssh-audit', ['--help'], { cwd: '/' });
  return `${stdout}${stderr}`.includes('--skip-rate-test') ? ['--skip-rate-test'] : [];
}

/** Packages, settings, units and users, as one checksum. */
function fingerprint(host: LabHost): Promise<string> {
  return mustOnHost(
    host,
    `{ dpkg -l; sudo find /etc /opt /usr/local /home /var/www -type f -print0 2>/dev/null | sort -z | sudo xargs -0 sha256sum; } | grep -v /etc/ld.so.cache | sha256sum`,
  );
}

/** Ports that answer on this machine's way to it: those of services, and what is often published. */
async function openPorts(host: LabHost): Promise<number[]> {
  const ports = [22, 25, 53, 80, 111, 443, 2375, 2376, 3000, 5000, 5355, 8080, 8081, 8484, 9090];
  const open = await Promise.all(ports.map((port) => answers(host.address, port)));
  return ports.filter((_, index) => open[index]);
}

function answers(host: string, port: number, localAddress?: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, ...(localAddress === undefined ? {} : { localAddress }) });
    const end = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
    socket.setTimeout(2_000, () => end(false));
  });
}

function sshAs(host: LabHost, user: string, ...options: string[]): Promise<Finished> {
  const common = [
    '-F',
    '/dev/null',
    '-i',
    host.identity,
    '-o',
    'IdentitiesOnly=yes',
    '-o',
    'BatchMode=yes',
    '-o',
    'ConnectTimeout=5',
    '-o',
    `UserKnownHostsFile=${host.knownHosts}`,
  ];
  return runProgram('ssh', [...common, ...options, `${user}@${host.address}`, 'true'], { cwd: '/' });
}

const curl = async (...words: string[]) =>
  (await runProgram('curl', ['-sS', '-m', '10', ...words], { cwd: '/' })).stdout.trim();

/** The status of a plain request that names a host. */
const http = (host: LabHost, path: string, name: string) =>
  curl('-o', '/dev/null', '-w', '%{http_code}', '-H', `Host: ${name}`, `http://${host.address}${path}`);

/** Who answers is proved by TLS itself: the certificate of this ACME server, for this name. */
const overHttps = (host: LabHost, path: string) =>
  curl('--resolve', `${domainOf(host)}:443:${host.address}`, '--insecure', `https://${domainOf(host)}${path}`);

function certificateOf(host: LabHost): Promise<{ serialNumber: string; issuer: { CN: string } }> {
  return new Promise((resolve, reject) => {
    const socket = connectTls(
      { host: host.address, port: 443, servername: domainOf(host), rejectUnauthorized: false },
      () => {
        const { serialNumber, issuer } = socket.getPeerCertificate();
        socket.destroy();
        resolve({ serialNumber, issuer: { CN: String(issuer.CN) } });
      },
    );
    socket.on('error', reject);
  });
}

const serialOf = async (host: LabHost) => (await certificateOf(host)).serialNumber;
const issuerOf = async (host: LabHost) => (await certificateOf(host)).issuer.CN;

/** The network of the container, and its own address in it. */
const CONTAINER_ADDRESS = `id=$(sudo docker ps -q | head -n 1)
net=$(sudo docker inspect -f '{{range $k, $v := .NetworkSettings.Networks}}{{$k}}{{end}}' $id)
echo "$(sudo docker network inspect -f '{{range .IPAM.Config}}{{.Subnet}}{{end}}' $net) $(sudo docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' $id)"`;

/** A restore that stands still once it is about to replace what is there. */
const RESTORE_HELD_WHEN_READY = `sudo sh -c 'setsid /opt/scripts/restore.sh --latest --yes >/tmp/restore.log 2>&1 </dev/null & restore=$!
until [ "$(cat /opt/backups/.restore/state 2>/dev/null)" = ready ]; do :; done; kill -STOP $restore'`;

const READABLE_SECRETS = `sudo find /opt /home /etc/letsencrypt /etc/nginx/tls /etc/ssh -type f -perm /004 \\
  \\( -name '*.key' -o -name 'privkey*.pem' -o -name '.env' -o -name '*.env' -o -name 'id_*' ! -name '*.pub' -o -name '*.conf' -path '/opt/*' ! -path '*/web/*' -o -name 'ssh_host_*_key' -o -name '*.tar.gz' \\)`;

/** What dev-sec's ssh-baseline asks for, as sshd tells its settings. */
const SSH_BASELINE = [
  'port 22',
  'permitrootlogin no',
  'passwordauthentication no',
  'kbdinteractiveauthentication no',
  'permitemptypasswords no',
  'pubkeyauthentication yes',
  'strictmodes yes',
  'ignorerhosts yes',
  'hostbasedauthentication no',
  'gssapiauthentication no',
  'x11forwarding no',
  'allowagentforwarding no',
  'permittunnel no',
  'permituserenvironment no',
  'compression no',
  'tcpkeepalive no',
  'loglevel VERBOSE',
  'logingracetime 30',
  'maxauthtries 4',
  'maxstartups 10:30:60',
  'ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-gcm@openssh.com,aes256-ctr,aes192-ctr,aes128-ctr',
  'macs hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com,umac-128-etm@openssh.com',
];
