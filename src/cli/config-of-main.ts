import { CONFIG_FILE, readConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { Problem } from '../core/problem.ts';
import type { Git } from '../io/ports.ts';

/** Gets what is wrong with where the rules stand, as one sentence without a full stop. */
type Warn = (text: string) => void;

/**
 * The rules of a bare repository: those that its main has. HEAD may name develop, or a branch that was never pushed: it
 * says at most which branch is main. Where it says nothing, a branch is main that calls itself so; several may, and then
 * a push is judged by each of them, so that nobody gets other rules by pushing one more.
 */
export async function configsOfMain(git: Git, warn: Warn): Promise<readonly Config[]> {
  const unborn = await unbornHead(git);
  if (unborn === undefined) return [await configBehindHead(git, warn)];
  const branches = await listBranches(git);
  const configs = await configsAt(git, branches);
  const mains = configs.filter(({ config }, index) => mainOf(config) === branches[index]);
  for (const { mistake } of mains) if (mistake !== undefined) warn(judgedByDefault(mistake));
  if (mains.length > 0) return mains.map(({ config }) => config);
  if (branches.length > 0) warn(`${judgedByDefault('no branch calls itself main')}; ${nameHead(unborn)}`);
  return [await readConfig(undefined)];
}

/** What HEAD names, where there is no such branch. */
export async function unbornHead(git: Git): Promise<string | undefined> {
  const head = await git.try(['symbolic-ref', '--quiet', 'HEAD']);
  if (head.exitCode !== 0) return undefined;
  return (await exists(git, 'HEAD')) ? undefined : head.stdout.trim();
}

/** How a server is told which branch is main. */
export const nameHead = (unborn: string) =>
  `HEAD names ${unborn}, which is not there: git symbolic-ref HEAD refs/heads/MAIN says which branch is main`;

const judgedByDefault = (why: string) => `${why} on the server; this push is judged by the default rules`;

const mainOf = ({ release }: Config) => `refs/heads/${release.branches.main}`;

async function configBehindHead(git: Git, warn: Warn): Promise<Config> {
  const [atHead] = await configsAt(git, ['HEAD']);
  const main = atHead === undefined ? 'HEAD' : mainOf(atHead.config);
  const [found = atHead] = (await exists(git, main)) ? await configsAt(git, [main]) : [];
  if (found?.mistake !== undefined) warn(judgedByDefault(found.mistake));
  return found?.config ?? (await readConfig(undefined));
}

async function exists(git: Git, revision: string): Promise<boolean> {
  return (await git.try(['rev-parse', '--verify', '--quiet', revision])).exitCode === 0;
}

async function listBranches(git: Git): Promise<readonly string[]> {
  const listing = await git.run(['for-each-ref', '--format=%(refname)', 'refs/heads/']);
  return listing.split('\n').filter((name) => name !== '');
}

interface FoundConfig {
  readonly config: Config;
  readonly mistake?: string;
}

/** Rules that nobody can read are replaced by the default ones: else no push could ever mend them. */
async function configsAt(git: Git, revisions: readonly string[]): Promise<readonly FoundConfig[]> {
  const contents = await git.readObjects(revisions.map((revision) => `${revision}:${CONFIG_FILE}`));
  const read = new Map<string | undefined, Promise<FoundConfig>>();
  return Promise.all(
    contents.map((content) => {
      const text = content?.toString('utf8');
      const config = read.get(text) ?? configOf(text);
      read.set(text, config);
      return config;
    }),
  );
}

async function configOf(text: string | undefined): Promise<FoundConfig> {
  try {
    return { config: await readConfig(text) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { config: await readConfig(undefined), mistake: error.what };
  }
}
