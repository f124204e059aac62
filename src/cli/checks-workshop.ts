import { join } from 'node:path';
import { CONFIG_FILE, readConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { Problem } from '../core/problem.ts';
import type { CheckPushPorts } from '../hooks/push/check-push.ts';
import type { FoundConfig } from '../hooks/push/push-configs.ts';
import { attestationsIn } from '../hooks/verified/attestations.ts';
import { type ContextFact, joinedLines } from '../hooks/verified/context.ts';
import { systemClock } from '../io/clock.ts';
import { shellRunner } from '../io/command-runner.ts';
import { diskFiles } from '../io/files.ts';
import { openGit } from '../io/git.ts';
import { journalFile } from '../io/journal-file.ts';
import type { Git, RepositoryLocation } from '../io/ports.ts';
import { locateRepository } from '../io/repository.ts';
import { ownState, type ReleaseJournal } from '../release/journal.ts';
import { releaseMoves } from '../release/refs.ts';
import { versionReader } from '../release/version-at.ts';
import type { Context } from './command.ts';
import { liveReport } from './live-report.ts';
import { scanSecrets } from './scan-secrets.ts';

/** What quality gates and the judgement of pushes need, put together for the repository the user stands in. */
export interface ChecksWorkshop {
  readonly ports: CheckPushPorts;
  readonly location: RepositoryLocation;
}

/** @param known where the repository is, for whoever has looked already */
export async function openChecks(context: Context, known?: RepositoryLocation): Promise<ChecksWorkshop> {
  const { cwd, terminal, signal } = context;
  // What is pushed is the commit itself, and not the one that `git replace` shows here in its place.
  const environment = { ...process.env, GIT_NO_REPLACE_OBJECTS: '1' };
  const git = openGit(cwd, environment);
  const location = known ?? (await locateRepository(git));
  const { commonDir, root } = location;
  const report = liveReport(terminal);
  const versionsAt = versionReader(git);
  const ports: CheckPushPorts = {
    // At the root: paths are told from there.
    git: openGit(root, environment),
    files: diskFiles,
    commands: shellRunner(process.env),
    report,
    signal,
    environment: process.env,
    platform: process.platform,
    root,
    commonDir,
    attestations: attestationsIn(commonDir, diskFiles, systemClock, () => configFacts(git, root)),
    versionsAt: (commit, { release }, name) => versionsAt(commit, release, name),
    configsAt: (commits) => findConfigs(git, commits),
    configAtHead: async () => configAtHead(git),
    releaseMoves: () => movesOfReleases(commonDir),
    scanSecrets: scanSecrets(git, root, report),
  };
  return { ports, location };
}

/** A commit is judged by the configuration that it brings itself; with none, by the defaults. @throws Problem as `parseConfig` */
export async function configAt(git: Git, commit: string): Promise<Config | undefined> {
  const found = (await findConfigs(git, [commit])).get(commit);
  if (found?.mistake !== undefined) throw found.mistake;
  return found?.config;
}

async function findConfigs(git: Git, commits: readonly string[]): Promise<ReadonlyMap<string, FoundConfig>> {
  const contents = await git.readObjects(commits.map((commit) => `${commit}:${CONFIG_FILE}`));
  const texts = contents.map((content) => content?.toString('utf8'));
  const read = new Map<string | undefined, FoundConfig>();
  for (const [index, text] of texts.entries()) {
    if (!read.has(text)) read.set(text, await readFound(text, commits[index]?.slice(0, 10)));
  }
  return new Map(commits.map((commit, index) => [commit, read.get(texts[index]) as FoundConfig]));
}

async function readFound(text: string | undefined, place: string | undefined): Promise<FoundConfig> {
  try {
    return { config: await readConfig(text, place), stated: text !== undefined };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { config: await readConfig(undefined), stated: false, mistake: error };
  }
}

/** git starts hooks at the root of the worktree, where the file is looked for by its name. */
async function configFacts(git: Git, root: string): Promise<readonly ContextFact[] | undefined> {
  const [blob] = await git.readObjects([`HEAD:${CONFIG_FILE}`]);
  const [committed, text] = [blob?.toString('utf8'), await diskFiles.readText(join(root, CONFIG_FILE))];
  if (committed !== text) return undefined;
  if (text === undefined) return [{ kind: 'none', path: CONFIG_FILE, value: '' }];
  return [{ kind: 'text', path: CONFIG_FILE, value: joinedLines(text) }];
}

/** With mistakes in it, that commit is in nobody's way who pushes another one or deletes a branch. */
async function configAtHead(git: Git) {
  const found = (await findConfigs(git, ['HEAD'])).get('HEAD');
  return { config: found?.config ?? (await readConfig(undefined)), usable: found?.mistake === undefined };
}

/** Refs as the release under way, or the last one, has moved them here. One that was undone has moved none. */
async function movesOfReleases(commonDir: string) {
  const journals = ['release.jsonl', 'release.last.jsonl'].map((name) => journalFile(join(commonDir, 'tagship', name)));
  const states = await Promise.all((journals as ReleaseJournal[]).map(ownState));
  return states.flatMap((state) => {
    if (state === undefined || state.aborting || state.closed === 'aborted') return [];
    return releaseMoves(state.plan.plan.details, state.plan.objects);
  });
}
