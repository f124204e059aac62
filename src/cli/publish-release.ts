import { EXIT, type ExitCode } from '../core/problem.ts';
import { shortName } from '../release/branches.ts';
import { refuseUnfinished, unfinishedRelease } from '../release/journal.ts';
import { actPublish, lookAtUnpublished, planPublish } from '../release/unpublished.ts';
import { confirm } from './ask.ts';
import type { Context } from './command.ts';
import type { MakeOptions } from './make-release.ts';
import { tellingFailures } from './release-failure.ts';
import type { ReleaseWorkshop } from './release-workshop.ts';
import { renderPlan } from './render.ts';

/** Publishes the releases that were made with `--no-push`. */
export async function publishReleases(
  context: Context,
  { ports, config }: ReleaseWorkshop,
  { dryRun, yes }: MakeOptions,
): Promise<ExitCode> {
  const { terminal, json } = context;
  const unfinished = await unfinishedRelease(ports.journal);
  if (unfinished !== undefined) refuseUnfinished(unfinished, ports.processes);
  const facts = await lookAtUnpublished(ports.git, config.release);
  const plan = planPublish(facts, config.release, ports.clock.now());
  if (dryRun) {
    terminal.out(json ? `${JSON.stringify({ outcome: 'planned', plan })}\n` : renderPlan(plan, terminal));
    return EXIT.done;
  }
  terminal.err(renderPlan(plan, terminal));
  if (!yes && !(await confirm(context, `${plan.title}?`))) return EXIT.refused;
  const onLine = (line: string) => ports.report({ type: 'output', step: 'push', line });
  await tellingFailures(ports.journal, () => actPublish(ports.git, plan, onLine));
  const published = plan.details.refs.map(({ name }) => shortName(name));
  if (json) terminal.out(`${JSON.stringify({ outcome: 'published', refs: plan.details.refs })}\n`);
  terminal.err(`${published.join(', ')}: on ${plan.details.remote}\n`);
  return EXIT.done;
}
