import { EXIT, type ExitCode } from '../core/problem.ts';
import { requireWorktree } from '../io/repository.ts';
import { branchNames, shortName } from '../release/branches.ts';
import { refuseUnfinished, unfinishedRelease } from '../release/journal.ts';
import { lookAtRelease } from '../release/look.ts';
import { uncommittedIn } from '../release/look-worktrees.ts';
import { actStart, planStart } from '../release/start.ts';
import { confirm, declined } from './ask.ts';
import type { Context } from './command.ts';
import { tellingFailures } from './release-failure.ts';
import { type ReleaseOptions, requestOf } from './release-options.ts';
import type { ReleaseWorkshop } from './release-workshop.ts';
import { renderPlan } from './render.ts';

/** Begins a release that lives on a branch of its own until it is finished. */
export async function startRelease(
  context: Context,
  { ports, location, config, first }: ReleaseWorkshop,
  target: string,
  options: ReleaseOptions,
): Promise<ExitCode> {
  const { terminal, json } = context;
  requireWorktree(location);
  const unfinished = await unfinishedRelease(ports.journal);
  if (unfinished !== undefined) refuseUnfinished(unfinished, ports.processes);
  const { develop } = branchNames(config.release);
  const wanted = { line: develop, askRemote: options.push, preRelease: false };
  const [facts, uncommitted] = await Promise.all([
    lookAtRelease({ ...ports, environment: process.env }, location, config.release, wanted, first),
    uncommittedIn(ports.git),
  ]);
  const plan = planStart(
    facts,
    requestOf('release', target, options, config.release),
    config.release,
    uncommitted,
    ports.clock.now(),
  );
  if (options.dryRun) {
    terminal.out(json ? `${JSON.stringify({ outcome: 'planned', plan })}\n` : renderPlan(plan, terminal));
    return EXIT.done;
  }
  terminal.err(renderPlan(plan, terminal));
  if (!options.yes && !(await confirm(context, `${plan.title}?`))) return declined(context);
  await tellingFailures(ports.journal, () => actStart(ports.git, plan));
  const branch = shortName(plan.details.branch);
  if (json)
    terminal.out(
      `${JSON.stringify({ outcome: 'started', branch, version: plan.details.version, packages: plan.details.packages })}\n`,
    );
  terminal.err(`you are on ${branch}; when it is ready: tagship release finish\n`);
  return EXIT.done;
}
