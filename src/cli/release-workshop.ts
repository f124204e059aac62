import { join } from 'node:path';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { runGates } from '../hooks/gates.ts';
import { withSnapshot } from '../hooks/snapshot.ts';
import { systemClock } from '../io/clock.ts';
import { diskFiles } from '../io/files.ts';
import { openGit } from '../io/git.ts';
import { withoutGitVariables } from '../io/git-variables.ts';
import { journalFile } from '../io/journal-file.ts';
import type { RepositoryLocation } from '../io/ports.ts';
import { gitRunsIn, isAlive, orphansOf, ownProcess, processesAreKnown } from '../io/processes.ts';
import { locateRepository } from '../io/repository.ts';
import type { ReleasePorts } from '../release/act.ts';
import { commandAt, runHook } from '../release/user-hooks.ts';
import type { Context } from './command.ts';
import { renderEvent } from './render.ts';

/** A release's parts, put together for the repository the user stands in. */
export interface ReleaseWorkshop {
  readonly ports: ReleasePorts;
  readonly location: RepositoryLocation;
  readonly config: Config;
}

export async function openRelease({ cwd, terminal, signal }: Context): Promise<ReleaseWorkshop> {
  const git = openGit(cwd, process.env);
  const location = await locateRepository(git);
  const config = await loadConfig(diskFiles, location.root);
  const report: ReleasePorts['report'] = (event) => terminal.err(renderEvent(event, terminal));
  const ports: ReleasePorts = {
    git,
    // A surrounding git's variables name its own worktree, not this one.
    gitIn: (folder) => openGit(folder, withoutGitVariables(process.env)),
    files: diskFiles,
    commonDir: location.commonDir,
    journal: journalFile(join(location.commonDir, 'tagship', 'release.jsonl')),
    claim: journalFile(join(location.commonDir, 'tagship', 'release.claim')),
    // Where nothing tells which processes run, one may: then no lock is taken for stale.
    processes: { own: ownProcess, isAlive, orphansOf, gitRunsIn: processesAreKnown() ? gitRunsIn : async () => true },
    clock: systemClock,
    report,
    signal,
    hook: async (when, step, plan) => {
      const command = commandAt(config.release, when, step);
      if (command === undefined) return;
      const { shellRunner } = await import('../io/command-runner.ts');
      await runHook(
        { commands: shellRunner(process.env), report, signal },
        { command, when, step, plan, folder: location.root },
      );
    },
    gates: async (commit, packageFolder) => {
      // Loaded here: a release without gates does not pay for it.
      const { shellRunner } = await import('../io/command-runner.ts');
      const gates = { commands: shellRunner(process.env), report, signal };
      await withSnapshot(openGit(location.root, process.env), diskFiles, commit, (folder) =>
        runGates(gates, config.checks, join(folder, packageFolder)),
      );
    },
  };
  return { ports, location, config };
}
