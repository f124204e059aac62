import { EXIT, type ExitCode, Problem } from '../core/problem.ts';
import { claimed } from '../release/claim.ts';
import { githubAddress } from '../release/github/address.ts';
import {
  isSameRelease,
  refuseAborting,
  refuseUnfinished,
  refuseWhileRunning,
  unfinishedRelease,
} from '../release/journal.ts';
import { lookAtRelease } from '../release/look.ts';
import type { ReleasePlan, ReleaseRequest } from '../release/plan-types.ts';
import { joinNotes } from '../release/tags.ts';
import { chooseProposal, isNamed, refuseProposed, type WaitingProposal, waitingProposals } from '../release/waiting.ts';
import { confirm, declined } from './ask.ts';
import type { Context } from './command.ts';
import { meanwhile } from './meanwhile.ts';
import { refuseDirect } from './refuse-direct.ts';
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

/** The plan of a release from `line`. Changes nothing. @throws Problem, Refusals */
export async function lookAndPlan(
  { ports, location, config, first }: ReleaseWorkshop,
  line: string,
  request: ReleaseRequest,
): Promise<ReleasePlan> {
  const preRelease = request.pre !== undefined || request.target.includes('-');
  const wanted = { line, askRemote: request.push, preRelease };
  const [facts, [{ planRelease }]] = await Promise.all([
    lookAtRelease({ ...ports, environment: process.env }, location, config.release, wanted, first),
    meanwhile(() => import('../release/plan.ts'), loadActing),
  ]);
  const plan = await planRelease(facts, request, config.release, ports.clock.now());
  await refuseDirect(ports, plan, facts, config);
  if (!request.pullRequest) return plan;
  const { planProposal } = await import('../release/github/plan-proposal.ts');
  const address = githubAddress(config.github, plan.details.remote?.url);
  return planProposal(plan, facts, address, config.release);
}

/** What comes after the question, and takes longest to load. */
const loadActing = async () => ({
  ...(await import('../release/act.ts')),
  ...(await import('./tell-release.ts')),
});

async function make(
  context: Context,
  workshop: ReleaseWorkshop,
  line: string,
  request: ReleaseRequest,
  { dryRun, yes }: MakeOptions,
): Promise<ExitCode> {
  const { terminal, json } = context;
  const { ports } = workshop;
  const unfinished = await unfinishedRelease(ports.journal);
  if (unfinished !== undefined) {
    if (dryRun || !isSameRelease(unfinished, line, request)) refuseUnfinished(unfinished, ports.processes);
    terminal.err(`${unfinished.plan.plan.title} was begun and not finished; going on with it\n`);
    return continueRelease(context, workshop);
  }
  const waiting = await waitingProposals(ports);
  const same = waiting.find(({ state }) => isSameRelease(state, line, request));
  if (same !== undefined && !dryRun) {
    terminal.err(`${same.state.plan.plan.title} is proposed; going on with it\n`);
    return continueRelease(context, workshop, same.state.plan.plan.details.tags[0].name);
  }
  refuseProposed(waiting, line);
  const plan = await lookAndPlan(workshop, line, request);
  refuseProposed(
    waiting,
    line,
    plan.details.tags.map(({ name }) => name),
  );
  if (dryRun) {
    // Loaded here, with what makes objects: a release has that loaded behind its own question.
    const { foreseeMerges } = await import('./foresee-merges.ts');
    const foreseen = await foreseeMerges(ports, context.cwd, plan);
    const told = { ...plan, warnings: [...plan.warnings, ...foreseen] };
    if (json) terminal.out(`${JSON.stringify({ outcome: 'planned', plan: told })}\n`);
    else terminal.out(`${renderPlan(told, terminal)}\n${printable(joinNotes(plan.details.tags))}\n`);
    return EXIT.done;
  }
  terminal.err(renderPlan(plan, terminal));
  if (!yes && !(await confirm(context, `${plan.title}?`))) return declined(context);
  const { actRelease, tellOutcome } = await loadActing();
  const objects = await actRelease(ports, plan);
  return tellOutcome(context, workshop, { plan, objects });
}

/**
 * Takes an unfinished release up where it stopped, or a proposal that waits.
 * @param wanted a tag or version, when several proposals wait
 */
export async function continueRelease(context: Context, workshop: ReleaseWorkshop, wanted?: string): Promise<ExitCode> {
  const { ports } = workshop;
  const { resumeRelease, tellOutcome } = await loadActing();
  const frozen = await claimed(ports.claim, ports.processes, async () => {
    const { state } = await openState(ports, wanted, 'continue');
    refuseAborting(state);
    return tellingFailures(ports.journal, () => resumeRelease(ports, state));
  });
  return tellOutcome(context, workshop, frozen);
}

/**
 * The release to take up or to undo, and where it is written down.
 * @param wanted a tag or version; undefined for the one there is
 * @throws Problem `nothing-unfinished`, `release-running`, `release-unfinished`, `several-proposals`
 */
export async function openState(
  ports: ReleaseWorkshop['ports'],
  wanted: string | undefined,
  command: 'continue' | 'abort',
): Promise<WaitingProposal> {
  const { journal, processes } = ports;
  const [unfinished, waiting] = await Promise.all([unfinishedRelease(journal), waitingProposals(ports)]);
  if (unfinished !== undefined && (wanted === undefined || isNamed(unfinished, wanted))) {
    refuseWhileRunning(unfinished, processes);
    return { state: unfinished, journal };
  }
  // One at a time goes on; undoing what merely waits is in nobody's way.
  if (unfinished !== undefined && command === 'continue') refuseUnfinished(unfinished, processes);
  const chosen = chooseProposal(waiting, wanted, command);
  if (chosen === undefined) {
    throw new Problem({
      code: 'nothing-unfinished',
      what: `no release ${wanted === undefined ? '' : `${wanted} `}is under way here`,
      fix:
        command === 'abort'
          ? 'tagship release status (what is out already is mended by: tagship hotfix NAME)'
          : 'tagship release minor (or major, patch, auto)',
      exit: EXIT.refused,
    });
  }
  refuseWhileRunning(chosen.state, processes);
  return chosen;
}
