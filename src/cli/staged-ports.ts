import { join } from 'node:path';
import type { Problem } from '../core/problem.ts';
import { describeFinding, secretsProblem } from '../hooks/secrets/report.ts';
import { scanStaged } from '../hooks/secrets/scan-staged.ts';
import type { UnfinishedChange } from '../hooks/staged/change.ts';
import type { StagedPorts } from '../hooks/staged/ports.ts';
import { shellRunner } from '../io/command-runner.ts';
import { diskFiles } from '../io/files.ts';
import { openGit } from '../io/git.ts';
import { withoutGitVariables } from '../io/git-variables.ts';
import { journalFile } from '../io/journal-file.ts';
import type { Git } from '../io/ports.ts';
import { localPrograms } from '../io/programs.ts';
import { locateRepository, requireWorktree } from '../io/repository.ts';
import { swapFile } from '../io/swap-file.ts';
import type { Context } from './command.ts';
import { liveReport } from './live-report.ts';

/** What the pre-commit hook works with, and what doctor completes a killed run of it with. */
export async function stagedPorts({ cwd, terminal, signal }: Context): Promise<StagedPorts> {
  const location = await locateRepository(openGit(cwd, process.env));
  requireWorktree(location);
  const { root, commonDir } = location;
  const git = openGit(root, process.env);
  const gitDir = (await git.run(['rev-parse', '--absolute-git-dir'])).trim();
  const report = liveReport(terminal);
  const programs = localPrograms(root, withoutGitVariables(process.env));
  return {
    git,
    files: diskFiles,
    commands: shellRunner(process.env),
    programs,
    swapFile,
    journal: journalFile<UnfinishedChange>(join(gitDir, 'tagship', 'staged.jsonl')),
    report,
    signal,
    root,
    commonDir,
    gitDir,
    environment: process.env,
    platform: process.platform,
    scanSecrets: () => searchStaged(git, root, report),
  };
}

async function searchStaged(git: Git, root: string, report: StagedPorts['report']): Promise<Problem | undefined> {
  const found = await scanStaged({ git, files: diskFiles, programs: localPrograms(root, process.env) });
  for (const text of found.notes) report({ type: 'note', text: `  ! ${text}` });
  for (const finding of found.findings) {
    if (finding.severity === 'warn') report({ type: 'note', text: `  ! ${describeFinding(finding)}` });
  }
  return secretsProblem(found);
}
