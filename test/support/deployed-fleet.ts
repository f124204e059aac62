import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Behaviour, DeployedApp } from './deployed-app.ts';
import type { LabHost } from './lab.ts';

export const addressesOf = (pis: readonly LabHost[]) => pis.map(({ user, address }) => `${user}@${address}`);

/** One app on several test Pis, each with its own origin, which holds the same releases. What is typed is typed in the clone of the first. */
export class DeployedFleet {
  private constructor(
    readonly apps: readonly DeployedApp[],
    private readonly addresses: readonly string[],
  ) {}

  static async make(pis: readonly LabHost[], name: string, port: number): Promise<DeployedFleet> {
    const apps = await Promise.all(pis.map((pi) => DeployedApp.make(pi, name, port)));
    const fleet = new DeployedFleet(apps, addressesOf(pis));
    const known = pis.map(({ knownHosts }) => readFileSync(knownHosts, 'utf8'));
    writeFileSync(join(fleet.app(0).path, '.git/known_hosts'), known.join(''));
    return fleet;
  }

  app(index: number): DeployedApp {
    const found = this.apps[index];
    if (found === undefined) throw new Error('beforeAll has not run');
    return found;
  }

  dispose(): void {
    for (const each of this.apps) each.dispose();
  }

  /** Writes a tagship.yaml with these hosts, all by default. @param policy a line more of the environment */
  async configure(
    policy = '',
    { knownHosts = 'known_hosts', hosts = this.addresses, timeout = '8s' } = {},
  ): Promise<void> {
    const one = this.app(0);
    const file = join(one.path, '.git', knownHosts);
    const written = one
      .configuration('production', policy && `    ${policy}\n`)
      .replace(/hosts: .*/, `hosts: [${hosts.join(', ')}]`)
      .replace(/timeout: \w+/, `timeout: ${timeout}`);
    await one.write('tagship.yaml', written.replace(/knownHosts: [^ }]+/, `knownHosts: ${file}, reconnect: 1s`));
  }

  /** A release that is on the origin of every Pi. */
  async release(tag: string, behaviour?: Behaviour): Promise<void> {
    const one = this.app(0);
    await one.release(tag, behaviour);
    for (const { originUrl, sshCommand } of this.apps.slice(1)) {
      await one.git('-c', `core.sshCommand=${sshCommand}`, 'push', '-q', '--force', originUrl, 'main', tag);
    }
  }

  /** What each of them answers. */
  serving(): Promise<readonly (string | undefined)[]> {
    return Promise.all(this.apps.map((each) => each.answer()));
  }

  /** Runs a script in each app directory. */
  onAll(script: string): Promise<readonly string[]> {
    return Promise.all(this.apps.map((each) => each.onHost(script)));
  }
}
