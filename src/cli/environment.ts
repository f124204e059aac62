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
  /** How the releases are tagged that it gets, e.g. `v{version}`. */
  readonly tagFormat: string;
}

/** Reads the configuration of the repository around `cwd`; of the folder itself outside any repository. */
export async function readConfig(cwd: string): Promise<Config> {
  const location = await locateRepository(openGit(cwd, process.env)).catch((error) => {
    if (error instanceof Problem) return { root: cwd };
    throw error;
  });
  return loadConfig(diskFiles, location.root);
}

/** @throws Problem `unknown-environment`, naming those there are, or `not-built` */
export function findEnvironment(config: Config, name: string, strategy?: string): NamedEnvironment {
  const found = Object.hasOwn(config.environments, name) ? config.environments[name] : undefined;
  if (found === undefined) throw unknownEnvironment(config, name);
  refuseUnbuilt(name, strategy ?? found.strategy, found.source);
  return { name, config: found, tagFormat: tagFormatOf(config, found) };
}

function unknownEnvironment(config: Config, name: string): Problem {
  const known = Object.keys(config.environments);
  return new Problem({
    code: 'unknown-environment',
    what: `there is no environment ${name}`,
    why:
      known.length === 0 ? 'there is no tagship.yaml here, or it names none' : `tagship.yaml names ${known.join(', ')}`,
    fix:
      known.length === 0
        ? 'add it under environments: in tagship.yaml'
        : `use one of them, or add ${name} to tagship.yaml`,
    exit: EXIT.usage,
  });
}

function refuseUnbuilt(name: string, strategy: string, source: EnvironmentConfig['source']): void {
  if (strategy !== 'rolling') throw notBuilt(name, 'strategy', strategy, 'rolling');
  if (source !== 'origin') throw notBuilt(name, 'source', source, 'origin');
}

function notBuilt(name: string, key: string, value: string, instead: string): Problem {
  return new Problem({
    code: 'not-built',
    what: `${key}: ${value}, wanted for ${name}, is not built yet`,
    fix: `set ${key}: ${instead} for ${name} in tagship.yaml`,
    exit: EXIT.usage,
  });
}
