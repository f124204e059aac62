import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.ts';

/** A real ACME server (Debian's pebble) on an address of this machine, and a DNS that knows the names it is asked about. */
export class Pebble {
  readonly folder = mkdtempSync(join(tmpdir(), 'tagship-pebble-'));
  /** What whoever asks it has to trust. */
  readonly certificate = join(this.folder, 'server.pem');
  private readonly processes: ChildProcess[] = [];

  /** @param address where hosts reach it */
  private constructor(private readonly address: string) {}

  get directory(): string {
    return `https://${this.address}:14000/dir`;
  }

  /** @param names the addresses that its DNS gives */
  static async start(address: string, names: Readonly<Record<string, string>>): Promise<Pebble> {
    const pebble = new Pebble(address);
    const key = join(pebble.folder, 'server.key');
    const subject = ['-subj', '/CN=pebble', '-addext', `subjectAltName=IP:${address}`];
    const files = ['-keyout', key, '-out', pebble.certificate];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files], {
      stdio: 'ignore',
    });
    const settings = {
      listenAddress: `${address}:14000`,
      managementListenAddress: `${address}:15000`,
      certificate: pebble.certificate,
      privateKey: key,
      httpPort: 80,
      tlsPort: 443,
    };
    writeFileSync(join(pebble.folder, 'config.json'), JSON.stringify({ pebble: settings }));
    // Its own HTTP, HTTPS and TLS-ALPN answers are not wanted: nginx on the host answers.
    const dns = ['-dns01', `${address}:8053`, '-management', `${address}:8055`];
    pebble.run('pebble-challtestsrv', [...dns, '-http01', '', '-https01', '', '-tlsalpn01', '', '-defaultIPv6', '']);
    pebble.run('pebble', ['-config', join(pebble.folder, 'config.json'), '-dnsserver', `${address}:8053`]);
    await eventually(async () => (await pebble.root().catch(() => '')).includes('CERTIFICATE'), 'pebble answers');
    for (const [host, to] of Object.entries(names)) {
      const body = JSON.stringify({ host, addresses: [to] });
      await fetch(`http://${address}:8055/add-a`, { method: 'POST', body });
    }
    return pebble;
  }

  /** The certificate that those it gives lead up to. */
  root(): Promise<string> {
    return new Promise((resolve, reject) => {
      const asked = request(`https://${this.address}:15000/roots/0`, { rejectUnauthorized: false }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
        response.on('end', () => resolve(text));
      });
      asked.on('error', reject).end();
    });
  }

  stop(): void {
    for (const process of this.processes) process.kill('SIGTERM');
    rmSync(this.folder, { recursive: true, force: true });
  }

  private run(program: string, args: readonly string[]): void {
    const env = { ...process.env, PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0' };
    const child = spawn(program, args, { env, stdio: 'ignore' });
    this.processes.push(child);
  }
}
