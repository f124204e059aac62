import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { APP_HOME, BoardApp } from './board-app.ts';
import { bootLabHost, type LabHost } from './lab.ts';
import { Pebble } from './pebble.ts';
import { runTagship } from './tagship.ts';

const MODULE = fileURLToPath(new URL('../../deployment-module', import.meta.url));

export interface InfraReport {
  readonly exitCode: number | null;
  readonly servers: readonly {
    readonly host: string;
    readonly outcome: string;
    readonly changed: number;
    readonly failure?: { readonly role: string; readonly task: string; readonly message: string };
    readonly roles: readonly { readonly role: string; readonly changed: number }[];
  }[];
}

/** Bare test hosts, an inventory for them, an ACME server that knows their names, and an app to deploy to them. */
export class ConfiguredServers {
  private readonly folder = mkdtempSync(join(tmpdir(), 'tagship-servers-'));

  private constructor(
    readonly hosts: readonly LabHost[],
    readonly pebble: Pebble,
    readonly app: BoardApp,
    /** This machine, as the hosts see it. */
    readonly gateway: string,
  ) {}

  /** Undefined where no lab can be had. */
  static async boot(suites: Readonly<Record<string, string>>): Promise<ConfiguredServers | undefined> {
    const names = Object.keys(suites);
    const booted = [];
    for (const name of names) booted.push(await bootLabHost(name, '--bare', '--suite', suites[name] ?? ''));
    const hosts = booted.filter((host) => host !== undefined);
    const [first] = hosts;
    if (first === undefined) return undefined;
    const gateway = first.registry.split(':')[0] ?? '';
    const addresses = Object.fromEntries(hosts.map((host) => [domainOf(host), host.address]));
    const pebble = await Pebble.start(gateway, addresses);
    const app = await BoardApp.make(gateway, () => environments(hosts));
    const servers = new ConfiguredServers(hosts, pebble, app, gateway);
    servers.trustAcme();
    cpSync(MODULE, servers.module, { recursive: true });
    servers.writeInventory({});
    return servers;
  }

  /** The copy that is worked with. */
  get module(): string {
    return join(this.folder, 'deployment-module');
  }

  trustAcme(): void {
    for (const { root } of this.hosts) cpSync(this.pebble.certificate, join(root, 'etc/ssl/acme-ca.pem'));
  }

  /**
   * @param variables besides those of every host
   * @param ownKeys whether ssh is told where the lab's keys are
   */
  writeInventory(variables: Readonly<Record<string, unknown>>, ownKeys = true): void {
    const hosts = Object.fromEntries(
      this.hosts.map((host) => [
        host.name,
        {
          ansible_host: host.address,
          ...(ownKeys && { ansible_ssh_common_args: `-F /dev/null -o UserKnownHostsFile=${host.knownHosts}` }),
          domain_name: domainOf(host),
        },
      ]),
    );
    const vars = { ...this.variables(), ...variables };
    writeFileSync(
      join(this.module, 'inventory/hosts.yml'),
      stringify({ all: { children: { production: { hosts, vars } } } }),
    );
  }

  private variables() {
    return {
      ansible_user: 'pi',
      ansible_ssh_private_key_file: this.hosts[0]?.identity,
      server_timezone: 'Europe/Paris',
      server_locale: 'en_US.UTF-8',
      docker_source: 'debian',
      docker_daemon_options: { 'storage-driver': 'overlay2' },
      admin_email: 'board@lab.test',
      acme_server: this.pebble.directory,
      acme_ca_file: '/etc/ssl/acme-ca.pem',
      app_repository: this.app.repository,
      app_env: { GREETING: 'it$ { }', GRIST_API_KEY: 'a secret of the application' },
    };
  }

  /** `tagship infra configure` with the installed Ansible. */
  async configure(...words: readonly string[]): Promise<InfraReport> {
    const options = words.filter((word) => word === '--dry-run');
    const further = words.filter((word) => word !== '--dry-run');
    const run = ['infra', 'configure', '--json', ...options, '--', ...further];
    const { exitCode, stdout, stderr } = await runTagship(run, {
      cwd: this.folder,
      env: { ANSIBLE_IMAGE: 'never-built' },
    });
    const document = stdout === '' ? {} : JSON.parse(stdout);
    if (document.servers === undefined) throw new Error(`status ${exitCode}: ${stdout}${stderr}`);
    return { exitCode, servers: document.servers };
  }

  stop(): void {
    this.pebble.stop();
    this.app.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const domainOf = (host: LabHost) => `${host.name}.lab.test`;

/** One environment for each host, named after it. */
function environments(hosts: readonly LabHost[]): string {
  const environments = Object.fromEntries(
    hosts.map(({ name, address, identity, knownHosts }) => [
      name,
      {
        hosts: [`appuser@${address}`],
        path: APP_HOME,
        health: { url: 'http://127.0.0.1/health', successes: 2, every: '200ms', timeout: '60s' },
        ssh: { identity, knownHosts },
      },
    ]),
  );
  return stringify({ environments });
}
