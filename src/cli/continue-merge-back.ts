import { EXIT, type ExitCode, Problem, refuseIfAny, TOKEN_MISSING } from '../core/problem.ts';
import { shellQuote } from '../core/shell-quote.ts';
import { versionOfTag } from '../core/tag-name.ts';
import type { GitHub } from '../io/ports.ts';
import { shortName } from '../release/branches.ts';
import { unfinishedRelease } from '../release/journal.ts';
import { removeMergeBack } from '../release/merge-back/act.ts';
import { lookAtMergeBack } from '../release/merge-back/look.ts';
import { type MergeBackPlan, planMergeBack } from '../release/merge-back/plan.ts';
import { openRequest } from '../release/merge-back/request.ts';
import { type WaitingMergeBack, waitingMergesBack } from '../release/merge-back/waiting.ts';
import { isNamed, waitingProposals } from '../release/waiting.ts';
import type { Context } from './command.ts';
import { type MergeBackOutcome, shownRequest } from './follow-merge-back.ts';
import { githubSite } from './github-site.ts';
import type { ReleaseWorkshop } from './release-workshop.ts';
import { printable } from './render.ts';

/**
 * Goes on with releases that wait to be merged back: opens the pull request that is missing, and deletes the branch of
 * one that is merged. Undefined when there is none, or something else is meant.
 * @param wanted a tag or version
 * @throws Problem, Refusals when all that is left is for a person to merge
 */
export async function continueMergesBack(
  context: Context,
  workshop: ReleaseWorkshop,
  wanted: string | undefined,
  dryRun: boolean,
): Promise<ExitCode | undefined> {
  const waiting = await meant(workshop, wanted);
  if (waiting.length === 0) return undefined;
  const { site, missing } = await siteFor(workshop, waiting);
  const { config, ports } = workshop;
  const place = { remote: config.release.remote, onGitHub: site !== undefined };
  const plans: { one: WaitingMergeBack; plan: MergeBackPlan }[] = [];
  for (const one of waiting) {
    const plan = planMergeBack(await lookAtMergeBack(ports.git, site, one, config.release), place);
    plans.push({ one, plan });
  }
  const obstacles = [...plans.flatMap(({ plan }) => plan.obstacles), ...missing];
  if (plans.every(({ plan }) => plan.open.length === 0 && plan.remove === undefined)) refuseIfAny(obstacles);
  if (dryRun) return show(context, plans);
  const opened: MergeBackOutcome[] = [];
  for (const { one, plan } of plans) opened.push(...(await carryOut(context, workshop, site, one, plan)));
  for (const { what } of obstacles) context.terminal.err(`  ! ${printable(what)}\n`);
  const merged = plans.filter(({ plan }) => plan.remove !== undefined).map(({ one }) => one.tag);
  const outcome = opened.length > 0 || obstacles.length > 0 ? 'proposed' : 'merged-back';
  if (context.json) context.terminal.out(`${JSON.stringify({ outcome, merged, mergeBack: opened })}\n`);
  return EXIT.done;
}

/** Without a token it is merged by hand; that a pull request needs one is told beside it. */
async function siteFor(workshop: ReleaseWorkshop, waiting: readonly WaitingMergeBack[]) {
  if (waiting.every(({ into }) => into.length === 0)) return { site: undefined, missing: [] };
  try {
    return { site: await githubSite(workshop), missing: [] };
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== TOKEN_MISSING) throw error;
    return { site: undefined, missing: [error] };
  }
}

async function meant({ ports, config, first }: ReleaseWorkshop, wanted: string | undefined) {
  const [unfinished, proposals, refs] = await Promise.all([
    unfinishedRelease(ports.journal),
    waitingProposals(ports),
    first.refs,
  ]);
  const other = wanted === undefined ? proposals.length > 0 : proposals.some(({ state }) => isNamed(state, wanted));
  if (unfinished !== undefined || other) return [];
  const waiting = await waitingMergesBack(ports.git, refs, config.release);
  return waiting.filter(({ tag }) => {
    const version = versionOfTag(config.release.tag, tag);
    return wanted === undefined || [tag, version, `v${version}`].includes(wanted);
  });
}

async function carryOut(
  { terminal }: Context,
  { ports, config }: ReleaseWorkshop,
  site: GitHub | undefined,
  { branch, tag }: WaitingMergeBack,
  { open, remove, squashed }: MergeBackPlan,
): Promise<readonly MergeBackOutcome[]> {
  const outcomes: MergeBackOutcome[] = [];
  for (const wanted of open) {
    if (site === undefined) break;
    const request = await openRequest(site, wanted);
    const [from, into] = [shortName(wanted.branch), shortName(wanted.into)];
    terminal.err(
      `pull request #${request.number} is to merge ${printable(`${tag} back into ${into}`)}: ${request.url}\n`,
    );
    outcomes.push({ branch: from, into, pullRequest: shownRequest(request) });
  }
  if (remove === undefined) return outcomes;
  await removeMergeBack(ports, branch, remove, config.release);
  terminal.err(`${printable(tag)} is merged back${squashed.length > 0 ? '' : '; nothing is left to do'}\n`);
  for (const name of squashed) {
    const [target, release] = [shellQuote(name), shellQuote(tag)];
    const next = `git switch ${target} && git pull && git merge -s ours ${release} && git push`;
    terminal.err(`  ! ${printable(name)} has it squashed and would meet it again; next: ${printable(next)}\n`);
  }
  return outcomes;
}

function show({ terminal, json }: Context, plans: readonly { one: WaitingMergeBack; plan: MergeBackPlan }[]): ExitCode {
  const steps = plans.flatMap(({ one: { branch, tag }, plan: { open, remove } }) => [
    ...open.map(({ into }) => `open a pull request that merges ${tag} back into ${shortName(into)}`),
    ...(remove === undefined ? [] : [`delete ${shortName(branch.name)}, which is merged`]),
  ]);
  terminal.out(
    json
      ? `${JSON.stringify({ outcome: 'planned', steps })}\n`
      : steps.map((step) => `  ${printable(step)}\n`).join(''),
  );
  return EXIT.done;
}
