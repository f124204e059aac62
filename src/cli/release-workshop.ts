import { join } from 'node:path';
import { CONFIG_FILE, loadConfig, readConfig } from '../config/load.ts';
import type { Config, ReleaseConfig } from '../config/schema.ts';
import type { JournalEntry } from '../core/journal.ts';
import { systemClock } from '../io/clock.ts';
import { diskFiles } from '../io/files.ts';
import { openGit } from '../io/git.ts';
import { withoutGitVariables } from '../io/git-variables.ts';
import { journalFile } from '../io/journal-file.ts';
import type { Git, RepositoryLocation } from '../io/ports.ts';
import { gitRunsIn, isAlive, orphansOf, ownProcess, processesAreKnown } from '../io/processes.ts';
import { locateRepository } from '../io/repository.ts';
import { branchNames, shortName } from '../release/branches.ts';
import type { FrozenRelease } from '../release/journal.ts';
import { askFirst, type FirstAnswers } from '../release/look.ts';
import type { ReleasePorts } from '../release/ports.ts';
import { commandAt, runHook } from '../release/user-hooks.ts';
import type { Context } from './command.ts';
import { liveReport } from './live-report.ts';
import { tellingFailures } from './release-failure.ts';

/** A release's parts, put together for the repository the user stands in. */
export interface ReleaseWorkshop {
  readonly ports: ReleasePorts;
  readonly location: RepositoryLocation;
  readonly config: Config;
  readonly first: FirstAnswers;
}

/** What it takes to find out which branch is released. */
export type LineParts = Pick<ReleasePorts, 'journal'> & Pick<FirstAnswers, 'refs'>;

/**
 * Puts a release's parts together.
 * @param lineOf the branch that will be released, full name: its own configuration counts, not that of whatever branch
 *   happens to be checked out; where it has none, the file at hand does
 */
export async function openRelease(
  context: Context,
  lineOf: (config: ReleaseConfig, parts: LineParts) => string | undefined | Promise<string> = () => undefined,
): Promise<ReleaseWorkshop> {
  const { cwd, terminal, signal, version } = context;
  const git = openGit(cwd, process.env);
  const locating = locateRepository(git);
  const first = askFirst(git);
  const location = await locating;
  const journal = journalFile<JournalEntry<FrozenRelease>>(join(location.commonDir, 'tagship', 'release.jsonl'));
  const shelf = join(location.commonDir, 'tagship', 'proposals');
  const shelved = (name: string) => journalFile<JournalEntry<FrozenRelease>>(join(shelf, name));
  const config = await tellingFailures(journal, () =>
    configOfLine(git, location.root, (release) => lineOf(release, { refs: first.refs, journal })),
  );
  const report: ReleasePorts['report'] = liveReport(terminal);
  const ports: ReleasePorts = {
    git,
    // A surrounding git's variables name its own worktree, not this one.
    gitIn: (folder) => openGit(folder, withoutGitVariables(process.env)),
    files: diskFiles,
    commonDir: location.commonDir,
    journal,
    shelf: {
      journals: async () => (await diskFiles.list(shelf)).filter((name) => name.endsWith('.jsonl')).map(shelved),
      journal: (tag) => shelved(`${encodeURIComponent(tag)}.jsonl`),
    },
    claim: {
      holder: journalFile(join(location.commonDir, 'tagship', 'release.claim')),
      heir: journalFile(join(location.commonDir, 'tagship', 'release.claim.heir')),
    },
    github: async (address) => {
      // Loaded here: a release without GitHub does not pay for it.
      const { githubToken, openGitHub } = await import('../io/github.ts');
      return openGitHub(address, githubToken(process.env), { timeout: config.github.timeout, version });
    },
    // Where nothing tells which processes run, one may: then no lock is taken for stale.
    processes: { own: ownProcess, isAlive, orphansOf, gitRunsIn: processesAreKnown() ? gitRunsIn : async () => true },
    clock: systemClock,
    report,
    signal,
    hook: async (when, step, plan) => {
      const command = commandAt(plan, when, step);
      if (command === undefined) return;
      const { shellRunner } = await import('../io/command-runner.ts');
      await runHook(
        { commands: shellRunner(process.env), report, signal },
        { command, when, step, plan, folder: location.root },
      );
    },
    gates: async (commit, folders, published) => {
      // Loaded here: a release without gates does not pay for it.
      const [{ openChecks }, { verify }, { pushIsHooked }, { searchUnpublished }] = await Promise.all([
        import('./checks-workshop.ts'),
        import('../hooks/verified/verify.ts'),
        import('../hooks/push/is-hooked.ts'),
        import('../hooks/push/search-unpublished.ts'),
      ]);
      const { ports } = await openChecks(context, location);
      // The hook would find it too late: the branches have moved by then.
      if (published !== undefined && config.checks.secrets && (await pushIsHooked(ports.git, diskFiles))) {
        await searchUnpublished(ports, published.commits, published.remote);
      }
      await verify(ports, { tree: commit, checks: config.checks, folders });
    },
  };
  return { ports, location, config, first };
}

/**
 * A file at hand that cannot be read, or has mistakes, is in nobody's way where the line has one of its own.
 * @throws Problem as `parseConfig`, about the file that counts
 */
async function configOfLine(
  git: Git,
  root: string,
  lineOf: (config: ReleaseConfig) => string | undefined | Promise<string>,
): Promise<Config> {
  let atHand: Config | undefined;
  let trouble: unknown;
  try {
    atHand = await loadConfig(diskFiles, root);
  } catch (error) {
    trouble = error;
  }
  const known = (atHand ?? (await readConfig(undefined))).release;
  const line = (await lineOf(known)) ?? (trouble === undefined ? undefined : branchNames(known).develop);
  const [text] = line === undefined ? [] : await git.readObjects([`${line}:${CONFIG_FILE}`]);
  if (text !== undefined) return readConfig(text.toString('utf8'), line === undefined ? undefined : shortName(line));
  if (atHand === undefined) throw trouble;
  return atHand;
}
