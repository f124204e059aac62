import { posix } from 'node:path';
import { loadConfig } from '../config/load.ts';
import { EXIT, type ExitCode } from '../core/problem.ts';
import { findBranches } from '../hooks/install/config-file.ts';
import { type Finding, ofIdleHooks, tagshipMissing } from '../hooks/install/findings.ts';
import { INSTALLED } from '../hooks/install/hook-file.ts';
import { lacksHooks } from '../hooks/install/hookless-branch.ts';
import { lookAtSetup } from '../hooks/install/look.ts';
import { planSetup, type SetupPlan } from '../hooks/install/plan.ts';
import { placePlanned, writePlaced } from '../hooks/install/write-planned.ts';
import { diskFiles } from '../io/files.ts';
import { openGit } from '../io/git.ts';
import { locateRepository, requireWorktree } from '../io/repository.ts';
import { hostedRepository } from '../release/hosting.ts';
import type { CommandModule, Context } from './command.ts';
import { installHusky, recordNode, recordSdk } from './install-hooks.ts';

interface InitOptions {
  readonly dryRun?: boolean;
  readonly hooks: boolean;
  readonly workflow: boolean;
}

export const declare: CommandModule['declare'] = (command, finish) => {
  command
    .option('--dry-run', 'show what would be written and stop')
    .option('-y, --yes', 'does not ask anyway')
    .option('--no-hooks', 'leave git hooks alone')
    .option('--no-workflow', 'write no workflow for GitHub')
    .action((options: InitOptions) => finish((context) => init(options, context)));
};

/**
 * Sets an app's repository up: configuration, npm scripts, hooks. What is there already stays.
 * @throws Problem as `loadConfig`, `planSetup` and `placePlanned`, with nothing changed
 */
async function init({ dryRun = false, hooks, workflow }: InitOptions, context: Context): Promise<ExitCode> {
  const location = await locateRepository(openGit(context.cwd, process.env));
  requireWorktree(location);
  const { root, commonDir } = location;
  const { release } = await loadConfig(diskFiles, root);
  const git = openGit(root, process.env);
  const facts = await lookAtSetup(git, diskFiles, root);
  const plan = planSetup(facts, { hooks, workflow: workflow && facts.remoteUrls.some(isOnGitHub) });
  const placed = await placePlanned(diskFiles, root, plan.files);
  if (!dryRun) {
    await writePlaced(diskFiles, placed);
    if (plan.husky !== undefined) {
      await installHusky(root, plan.husky);
      await recordSdk(root, commonDir);
      await recordNode(commonDir);
    }
  }
  const main = facts.hasConfig ? release.branches.main : findBranches(facts.branches).main;
  const isHookless = plan.husky !== undefined && main !== undefined && (await lacksHooks(git, main, facts.folder));
  const works = await diskFiles.exists(posix.join(root, facts.folder, INSTALLED, 'main.js'));
  const notes = isHookless ? [...plan.notes, hooklessNote(main, plan.husky)] : plan.notes;
  const idle = plan.husky === undefined ? [] : ofIdleHooks(facts);
  tell(context, { ...plan, notes }, dryRun, idle, works ? undefined : tagshipMissing(facts));
  return EXIT.done;
}

const hooklessNote = (main: string, husky: string) =>
  `${main} has no ${husky}/ yet: no hook runs while it is checked out, until the first release brings that there`;

const isOnGitHub = (url: string) => hostedRepository(url)?.host === 'https://github.com';

function tell(
  { terminal, json }: Context,
  { files, husky, notes }: SetupPlan,
  dryRun: boolean,
  idle: readonly Finding[],
  missing: Finding | undefined,
): void {
  if (json) {
    const written = files.map(({ path, content }) => ({ path, ...(dryRun ? { content: String(content) } : {}) }));
    const findings = missing === undefined || husky === undefined ? idle : [...idle, missing];
    const outcome = dryRun ? 'planned' : 'done';
    terminal.out(`${JSON.stringify({ outcome, files: written, husky, notes, findings })}\n`);
  }
  for (const { title } of files) terminal.err(`${dryRun ? 'would ' : ''}${title}\n`);
  if (files.length === 0) terminal.err('everything is set up already\n');
  for (const note of notes) terminal.err(`! ${note}\n`);
  for (const { what, why, fix } of idle) terminal.err(`! ${what}\n  ${why}\n  next: ${fix}\n`);
  if (dryRun || husky === undefined) return;
  terminal.err(
    missing === undefined
      ? 'commits and pushes are checked from now on; see: tagship doctor\n'
      : `! no commit passes yet: ${missing.what}\n  next: ${missing.fix}\n`,
  );
}
