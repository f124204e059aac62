import { join } from 'node:path';
import { parseHost, twins } from '../config/host-address.ts';
import { inventoryHosts } from '../config/inventory.ts';
import { loadConfig } from '../config/load.ts';
import type { Config, EnvironmentConfig } from '../config/schema.ts';
import { EXIT, Problem } from '../core/problem.ts';
import { tagFormatOf } from '../deploy/release-tag.ts';
import { diskFiles } from '../io/files.ts';
import { openGit } from '../io/git.ts';
import { locateRepository } from '../io/repository.ts';

/** An environment as the user names it on the command line, with its configuration. */
export interface NamedEnvironment {
  readonly name: string;
  readonly config: EnvironmentConfig;
  /** At least one. */
  readonly hosts: readonly EnvironmentHost[];
  /** How the releases are tagged that it gets, e.g. `v{version}`. */
  readonly tagFormat: string;
  /** Web hooks that are told how a deployment ended. */
  readonly notify: Config['notify'];
}

export interface EnvironmentHost {
  /** `local`, or `[user@]host[:port]`. */
  readonly written: string;
  /** Private key file of this very host. */
  readonly identity?: string | undefined;
}

/** Text of a file of the repository; undefined when there is none. */
export type ReadFile = (path: string) => Promise<string | undefined>;

/**
 * An environment of the repository around `cwd`; of the folder itself outside any repository.
 * @throws Problem of the configuration, or as {@link findEnvironment}
 */
export async function loadEnvironment(cwd: string, name: string, strategy?: string): Promise<NamedEnvironment> {
  const root = await rootAround(cwd);
  const read: ReadFile = (path) => diskFiles.readText(join(root, path));
  return findEnvironment(await loadConfig(diskFiles, root), name, read, strategy);
}

async function rootAround(cwd: string): Promise<string> {
  const { root } = await locateRepository(openGit(cwd, process.env)).catch((error) => {
    if (error instanceof Problem) return { root: cwd };
    throw error;
  });
  return root;
}

/** Those there are, for whoever named none; undefined where that cannot be read. */
export async function namedEnvironments(cwd: string): Promise<string | undefined> {
  try {
    return toldEnvironments(await loadConfig(diskFiles, await rootAround(cwd)));
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/** @throws Problem `unknown-environment`, naming those there are, `not-built`, or of its inventory */
export async function findEnvironment(
  config: Config,
  name: string,
  read: ReadFile,
  strategy?: string,
): Promise<NamedEnvironment> {
  const found = Object.hasOwn(config.environments, name) ? config.environments[name] : undefined;
  if (found === undefined) throw unknownEnvironment(config, name);
  const chosen = strategy ?? found.strategy;
  if (chosen !== 'rolling') throw notBuilt(name, 'strategy', chosen, 'rolling');
  const { notify } = config;
  return {
    name,
    config: found,
    hosts: await hostsOf(name, found, read),
    tagFormat: tagFormatOf(config, found),
    notify,
  };
}

async function hostsOf(
  name: string,
  { hosts, inventory, ssh }: EnvironmentConfig,
  read: ReadFile,
): Promise<readonly EnvironmentHost[]> {
  if (inventory === undefined) return (hosts ?? []).map((written) => ({ written }));
  const { file, group = name } = inventory;
  const text = await read(file);
  if (text === undefined) throw noInventory(name, file);
  const found = inventoryHosts(text, file, group).map(({ written, identity }) => ({
    written: asUser(written, ssh.user),
    identity,
  }));
  const written = found.map((host) => host.written);
  const twice = twins(written).map(([index, first]) => `${written[index]} is the same machine as ${written[first]}`);
  if (twice.length === 0) return found;
  throw new Problem({
    code: 'inventory-invalid',
    what: `${file} has a machine twice in group ${group}`,
    why: twice.join('\n'),
    fix: `leave one of them in ${file}, or name another group`,
    exit: EXIT.usage,
  });
}

/** The account that is deployed with may be another than the one that Ansible sets the machine up with. */
function asUser(written: string, user: string | undefined): string {
  return user === undefined || parseHost(written)?.kind === 'local'
    ? written
    : `${user}@${written.replace(/^.*@/, '')}`;
}

function noInventory(name: string, file: string): Problem {
  return new Problem({
    code: 'inventory-missing',
    what: `the inventory of ${name}, ${file}, is not there`,
    why: 'it is looked for from the root of the repository; of a pushed tag, among what is committed',
    fix: `write it, or name the machines as hosts: of ${name} in tagship.yaml`,
    exit: EXIT.usage,
  });
}

function toldEnvironments({ environments }: Config): string {
  const known = Object.keys(environments);
  return known.length === 0
    ? 'there is no tagship.yaml here, or it names none'
    : `tagship.yaml names ${known.join(', ')}`;
}

function unknownEnvironment(config: Config, name: string): Problem {
  const known = Object.keys(config.environments);
  return new Problem({
    code: 'unknown-environment',
    what: `there is no environment ${name}`,
    why: toldEnvironments(config),
    fix:
      known.length === 0
        ? 'add it under environments: in tagship.yaml'
        : `use one of them (${known.join(', ')}), or add ${name} to tagship.yaml`,
    exit: EXIT.usage,
  });
}

function notBuilt(name: string, key: string, value: string, instead: string): Problem {
  return new Problem({
    code: 'not-built',
    what: `${key}: ${value}, wanted for ${name}, is not built yet`,
    fix: `set ${key}: ${instead} for ${name} in tagship.yaml`,
    exit: EXIT.usage,
  });
}
