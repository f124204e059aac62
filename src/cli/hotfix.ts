import type { ReleaseConfig } from '../config/schema.ts';
import { EXIT, type ExitCode, Problem } from '../core/problem.ts';
import { requireWorktree } from '../io/repository.ts';
import { branchNames, isBranchName, shortName } from '../release/branches.ts';
import type { Ref } from '../release/facts.ts';
import { hotfixStart } from '../release/hotfix.ts';
import { refuseUnfinished, unfinishedRelease } from '../release/journal.ts';
import { uncommittedIn } from '../release/look-worktrees.ts';
import { carriedAlong, switchToNew } from '../release/start.ts';
import { waitingProposals } from '../release/waiting.ts';
import type { CommandModule, Context } from './command.ts';
import { makeRelease } from './make-release.ts';
import { addMakeOptions, type ReleaseOptions, requestOf } from './release-options.ts';
import { openRelease, type ReleaseWorkshop } from './release-workshop.ts';
import { printable } from './render.ts';

export const declare: CommandModule['declare'] = (command, finish) => {
  command.argument('<name>', 'of the fix, e.g. critical-bug: begins it, or finishes it when it is there');
  addMakeOptions(command).action((name: string, options: ReleaseOptions) =>
    finish((context) => run(name, options, context)),
  );
};

async function run(name: string, options: ReleaseOptions, context: Context): Promise<ExitCode> {
  if (!isBranchName(name)) throw unusableName(name);
  const workshop = await openRelease(context, (config) => hotfixBranch(name, config));
  const branch = hotfixBranch(name, workshop.config.release);
  const [refs, unfinished, waiting] = await Promise.all([
    workshop.first.refs,
    unfinishedRelease(workshop.ports.journal),
    waitingProposals(workshop.ports),
  ]);
  const begun = [unfinished, ...waiting.map(({ state }) => state)];
  // A finish that was interrupted may have deleted the branch already.
  if (!refs.has(branch) && !begun.some((state) => state?.plan.plan.details.line.name === branch)) {
    if (unfinished !== undefined) refuseUnfinished(unfinished, workshop.ports.processes);
    return start(context, workshop, refs, branch, options);
  }
  return makeRelease(
    context,
    workshop,
    branch,
    requestOf('hotfix', 'patch', options, workshop.config.release),
    options,
  );
}

/** Full name. The branch's own name, as git shows it, is as good as the fix's. */
function hotfixBranch(name: string, config: ReleaseConfig): string {
  const prefix = config.branches.hotfix;
  return branchNames(config).hotfix(name.startsWith(prefix) ? name.slice(prefix.length) : name);
}

async function start(
  { terminal, json }: Context,
  { ports, config, location }: ReleaseWorkshop,
  refs: ReadonlyMap<string, Ref>,
  name: string,
  { dryRun }: ReleaseOptions,
): Promise<ExitCode> {
  requireWorktree(location);
  const branch = shortName(name);
  const { commit: from, isRemote } = await hotfixStart(ports.git, refs, config.release, name);
  const uncommitted = await uncommittedIn(ports.git);
  const along = carriedAlong(uncommitted)
    .map((warning) => `! ${printable(warning)}\n`)
    .join('');
  if (dryRun) {
    const { branches, remote } = config.release;
    const main = isRemote ? `${branches.main} as ${remote} has it` : branches.main;
    const text = `Begin ${branch} from ${main} (now ${from.slice(0, 8)}) and switch to it\n${along}`;
    terminal.out(json ? `${JSON.stringify({ outcome: 'planned', branch, from, uncommitted })}\n` : text);
    return EXIT.done;
  }
  await switchToNew(ports.git, branch, from);
  if (json) terminal.out(`${JSON.stringify({ outcome: 'started', branch, from, uncommitted })}\n`);
  terminal.err(`${along}you are on ${branch}; mend it, commit, then the same command again ships it\n`);
  return EXIT.done;
}

function unusableName(name: string): Problem {
  return new Problem({
    code: 'hotfix-name',
    what: `${JSON.stringify(name)} cannot be part of a branch name`,
    fix: 'use words and dashes, e.g. tagship hotfix critical-bug',
    exit: EXIT.usage,
  });
}
