import type { Config } from '../config/schema.ts';
import { EXIT, type ExitCode, Problem } from '../core/problem.ts';
import { shellQuote } from '../core/shell-quote.ts';
import { type Announcement, postAnnouncement } from '../io/webhook.ts';
import { actRelease, resumeRelease } from '../release/act.ts';
import { quotedName, shortName } from '../release/branches.ts';
import { claimed } from '../release/claim.ts';
import type { TreeEntry } from '../release/facts.ts';
import {
  isSameRelease,
  type ReleaseState,
  refuseUnfinished,
  refuseWhileRunning,
  unfinishedRelease,
} from '../release/journal.ts';
import { lookAtRelease } from '../release/look.ts';
import { planRelease } from '../release/plan.ts';
import type { ReleaseDetails, ReleaseObjects, ReleasePlan, ReleaseRequest } from '../release/plan-types.ts';
import { mergeBackBranch } from '../release/refs.ts';
import { joinNotes, tagNames } from '../release/tags.ts';
import { confirm } from './ask.ts';
import type { Context } from './command.ts';
import { tellingFailures } from './release-failure.ts';
import type { ReleaseWorkshop } from './release-workshop.ts';
import { printable, renderPlan } from './render.ts';

export interface MakeOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** Looks, plans, shows, asks and makes a release from `line`, the full name of a branch. */
export function makeRelease(
  context: Context,
  workshop: ReleaseWorkshop,
  line: string,
  request: ReleaseRequest,
  options: MakeOptions,
): Promise<ExitCode> {
  return tellingFailures(workshop.ports.journal, () => make(context, workshop, line, request, options));
}

/** The plan of a release from `line`, and the files it was made from. Changes nothing. @throws Problem, Refusals */
export async function lookAndPlan(
  { ports, location, config }: ReleaseWorkshop,
  line: string,
  request: ReleaseRequest,
): Promise<{ plan: ReleasePlan; tree: readonly TreeEntry[] }> {
  const preRelease = request.pre !== undefined || request.target.includes('-');
  const wanted = { line, askRemote: request.push, preRelease };
  const facts = await lookAtRelease({ ...ports, environment: process.env }, location, config.release, wanted);
  return { plan: await planRelease(facts, request, config.release, ports.clock.now()), tree: facts.tree };
}

async function make(
  context: Context,
  workshop: ReleaseWorkshop,
  line: string,
  request: ReleaseRequest,
  { dryRun, yes }: MakeOptions,
): Promise<ExitCode> {
  const { terminal, json } = context;
  const { ports, config } = workshop;
  const unfinished = await unfinishedRelease(ports.journal);
  if (unfinished !== undefined) {
    if (dryRun || !isSameRelease(unfinished, line, request)) refuseUnfinished(unfinished, ports.processes);
    terminal.err(`${unfinished.plan.plan.title} was begun and not finished; going on with it\n`);
    return continueRelease(context, { ports, config });
  }
  const { plan, tree } = await lookAndPlan(workshop, line, request);
  if (dryRun) {
    if (json) terminal.out(`${JSON.stringify({ outcome: 'planned', plan })}\n`);
    else terminal.out(`${renderPlan(plan, terminal)}\n${printable(joinNotes(plan.details.tags))}\n`);
    return EXIT.done;
  }
  terminal.err(renderPlan(plan, terminal));
  if (!yes && !(await confirm(context, `${plan.title}?`))) return EXIT.refused;
  const objects = await actRelease(ports, plan, tree);
  tellReleased(context, plan.details, objects);
  await notify(context, config, plan.details);
  return EXIT.done;
}

/** Takes an unfinished release up where it stopped. */
export async function continueRelease(
  context: Context,
  { ports, config }: Pick<ReleaseWorkshop, 'ports' | 'config'>,
): Promise<ExitCode> {
  const { plan, objects } = await claimed(ports.claim, ports.processes, async () => {
    const state = await openState(ports);
    return tellingFailures(ports.journal, () => resumeRelease(ports, state));
  });
  tellReleased(context, plan.details, objects);
  await notify(context, config, plan.details);
  return EXIT.done;
}

/** The release to take up or to undo. @throws Problem `nothing-unfinished`, `release-running` */
export async function openState({ journal, processes }: ReleaseWorkshop['ports']): Promise<ReleaseState> {
  const state = await unfinishedRelease(journal);
  if (state === undefined) {
    throw new Problem({
      code: 'nothing-unfinished',
      what: 'no release is under way here',
      fix: 'tagship release minor (or major, patch, auto)',
      exit: EXIT.refused,
    });
  }
  refuseWhileRunning(state, processes);
  return state;
}

function tellReleased({ terminal, json }: Context, details: ReleaseDetails, objects: ReleaseObjects): void {
  const { packages, remote } = details;
  const pushed = remote !== undefined;
  const postponed = objects.postponed.map(shortName);
  if (json) {
    const document = {
      outcome: 'released',
      packages,
      tags: details.tags.map(({ name, version, notes }) => ({ name, version, notes })),
      commit: objects.target,
      pushed,
      postponed,
    };
    terminal.out(`${JSON.stringify(document)}\n`);
  }
  const names = tagNames(details);
  const are = details.tags.length === 1 ? 'is' : 'are';
  terminal.err(
    `${names} ${are} released ${pushed ? `and on ${remote.name}` : 'on this machine; next: tagship release publish'}\n`,
  );
  const waiting = quotedName(mergeBackBranch(details));
  for (const branch of postponed) {
    terminal.err(`  it is not in ${branch} yet; next: git switch ${shellQuote(branch)} && git merge ${waiting}\n`);
  }
}

/** Tells the configured web hooks of every tag. The release is out: one that cannot be told is a warning, never a failure. */
async function notify({ terminal }: Context, { notify: hooks }: Config, details: ReleaseDetails): Promise<void> {
  // A release that stays on this machine is nobody's news.
  if (details.remote === undefined) return;
  const announcements = details.tags.map(({ name, version, notes }): Announcement => {
    return { event: 'released', tag: name, version, notes, text: `${name} is released` };
  });
  const posts = hooks.flatMap((hook) => announcements.map((news) => postAnnouncement(hook, process.env, news)));
  const failures = await Promise.all(posts);
  for (const failure of failures) if (failure !== undefined) terminal.err(`  ! not notified: ${failure}\n`);
}
