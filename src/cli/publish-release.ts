import { EXIT, type ExitCode } from '../core/problem.ts';
import { readTag } from '../core/tag-name.ts';
import { shortName } from '../release/branches.ts';
import { chooseForGitHub } from '../release/github/choose-tag.ts';
import { describeGitHubRelease, planGitHubRelease } from '../release/github/plan-release.ts';
import { refuseUnfinished, unfinishedRelease } from '../release/journal.ts';
import { localRefs } from '../release/look.ts';
import { pastNotes } from '../release/past-notes.ts';
import { actPublish, lookAtUnpublished, planPublish } from '../release/unpublished.ts';
import { confirm, declined } from './ask.ts';
import type { Context } from './command.ts';
import { followMergesBack } from './follow-merge-back.ts';
import { followOnGitHub, type GitHubOutcome, lookForGitHub, releaseOnGitHub } from './github-release.ts';
import type { MakeOptions } from './make-release.ts';
import { tellingFailures } from './release-failure.ts';
import type { ReleaseOptions } from './release-options.ts';
import type { ReleaseWorkshop } from './release-workshop.ts';
import { printable, renderPlan } from './render.ts';

/**
 * Publishes the releases that were made with `--no-push`, and makes or completes GitHub releases: of what it pushed, of
 * the tag that is named, or of the newest one when nothing is left to push.
 */
export async function publishReleases(
  context: Context,
  workshop: ReleaseWorkshop,
  tag: string | undefined,
  options: ReleaseOptions,
): Promise<ExitCode> {
  const { dryRun, yes } = options;
  const { terminal, json } = context;
  const { ports, config } = workshop;
  const unfinished = await unfinishedRelease(ports.journal);
  if (unfinished !== undefined) refuseUnfinished(unfinished, ports.processes);
  const facts = await lookAtUnpublished(ports.git, config.release);
  const wanted = config.github.release || tag !== undefined;
  const chosen = wanted ? chooseForGitHub(facts, config.release, tag, options.package) : [];
  if (chosen.length > 0) return publishOnGitHub(context, workshop, chosen, options);
  const plan = planPublish(facts, config.release, ports.clock.now());
  if (dryRun) {
    terminal.out(json ? `${JSON.stringify({ outcome: 'planned', plan })}\n` : renderPlan(plan, terminal));
    return EXIT.done;
  }
  terminal.err(renderPlan(plan, terminal));
  if (!yes && !(await confirm(context, `${plan.title}?`))) return declined(context);
  const onLine = (line: string) => ports.report({ type: 'output', step: 'push', line });
  await tellingFailures(ports.journal, () => actPublish(ports.git, plan, onLine));
  const published = plan.details.refs.map(({ name }) => shortName(name));
  terminal.err(`${published.join(', ')}: on ${plan.details.remote}\n`);
  const tags = plan.details.refs.flatMap(({ name }) => (name.startsWith('refs/tags/') ? [shortName(name)] : []));
  const mergeBack = await followMergesBack(context, workshop, tags);
  const github = config.github.release
    ? await followOnGitHub(context, workshop, await Promise.all(tags.map((name) => tagWithNotes(workshop, name))))
    : [];
  if (json) terminal.out(`${JSON.stringify({ outcome: 'published', refs: plan.details.refs, mergeBack, github })}\n`);
  return EXIT.done;
}

async function publishOnGitHub(
  context: Context,
  workshop: ReleaseWorkshop,
  names: readonly string[],
  { dryRun, yes }: MakeOptions,
): Promise<ExitCode> {
  const { terminal, json } = context;
  const tags = await Promise.all(names.map((name) => tagWithNotes(workshop, name)));
  const steps: string[] = [];
  for (const tag of tags) {
    const { site, wanted } = await lookForGitHub(workshop, tag);
    steps.push(...describeGitHubRelease(wanted, planGitHubRelease(wanted, await site.releaseOf(tag.name))));
  }
  const told = names.join(', ');
  const shown =
    steps.map((step) => `  ${printable(step)}\n`).join('') ||
    `  ${told} ${tags.length === 1 ? 'is' : 'are'} on GitHub as it should be\n`;
  if (dryRun) {
    terminal.out(json ? `${JSON.stringify({ outcome: 'planned', tags: names, steps })}\n` : shown);
    return EXIT.done;
  }
  terminal.err(shown);
  if (steps.length > 0 && !yes && !(await confirm(context, `Publish ${told} on GitHub?`))) return declined(context);
  const github: GitHubOutcome[] = [];
  for (const tag of tags) github.push({ tag: tag.name, url: (await releaseOnGitHub(context, workshop, tag)).url });
  if (json) terminal.out(`${JSON.stringify({ outcome: 'published', refs: [], github })}\n`);
  return EXIT.done;
}

async function tagWithNotes({ ports, config }: ReleaseWorkshop, name: string) {
  const notes = (await pastNotes(ports.git, await localRefs(ports.git), config.release, name)) ?? '';
  return { name, version: readTag(config.release.tag, name)?.version ?? name, notes };
}
