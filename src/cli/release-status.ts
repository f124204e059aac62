import type { Config } from '../config/schema.ts';
import { EXIT, type ExitCode } from '../core/problem.ts';
import { shellQuote } from '../core/shell-quote.ts';
import { branchNames, openReleaseBranches, quotedName, shortName } from '../release/branches.ts';
import type { Ref } from '../release/facts.ts';
import { namingVersion } from '../release/finish.ts';
import { type ReleaseState, runningOwner, unfinishedRelease } from '../release/journal.ts';
import { openHotfixes, releaseInName } from '../release/open-branches.ts';
import { branchOf, type WaitingProposal, waitingProposals } from '../release/waiting.ts';
import type { Context } from './command.ts';
import { openState } from './make-release.ts';
import { openMergesBack } from './merge-back-status.ts';
import type { ReleaseWorkshop } from './release-workshop.ts';
import { printable, renderPlan } from './render.ts';

/** A release or hotfix branch that waits to be finished. */
interface OpenBranch {
  readonly branch: string;
  readonly next: string;
}

/** What is under way here: a release that was begun and not finished, release branches, hotfixes. */
export async function showReleaseStatus({ terminal, json }: Context, workshop: ReleaseWorkshop): Promise<ExitCode> {
  const { ports, config } = workshop;
  const [state, proposals, refs] = await Promise.all([
    unfinishedRelease(ports.journal),
    waitingProposals(ports),
    workshop.first.refs,
  ]);
  const worker = state === undefined ? undefined : runningOwner(state, ports.processes);
  const waiting = proposals.map(waitingRelease);
  // What is being finished is told by the release itself.
  const told = [state?.plan.plan.details.line.name, ...proposals.map((one) => branchOf(one.state))];
  const branches = openBranches(refs, config).filter(({ branch }) => !told.includes(`refs/heads/${branch}`));
  const { merges, unasked } = await openMergesBack(workshop, refs);
  const open = [...branches, ...merges];
  if (json) {
    const release =
      state === undefined
        ? { outcome: 'idle' }
        : { outcome: worker === undefined ? 'unfinished' : 'running', plan: state.plan.plan, done: [...state.done] };
    terminal.out(`${JSON.stringify({ ...release, waiting, open })}\n`);
    return EXIT.done;
  }
  terminal.out(state === undefined ? 'no release is under way\n' : renderState(state, worker?.pid));
  for (const { title, branch, next } of waiting) {
    const how = branch === undefined ? 'is being undone' : `waits for the merge of ${branch}`;
    terminal.out(`${printable(`${title} ${how}`)}\n  next: ${printable(next)}\n`);
  }
  for (const { branch, next } of open) terminal.out(`${printable(branch)} is open\n  next: ${printable(next)}\n`);
  if (unasked !== undefined) terminal.err(`  ! pull requests are not known: ${printable(unasked)}\n`);
  return EXIT.done;
}

/** A proposal whose pull request is to be merged; without a branch when it was being undone. */
interface WaitingRelease {
  readonly title: string;
  readonly tag: string;
  readonly branch?: string;
  readonly next: string;
}

function waitingRelease({ state }: WaitingProposal): WaitingRelease {
  const { title, details } = state.plan.plan;
  const tag = details.tags[0].name;
  const abort = `tagship release abort ${shellQuote(tag)}`;
  if (state.aborting) return { title, tag, next: abort };
  const next = `once it is merged: tagship release continue ${shellQuote(tag)} (or: ${abort})`;
  return { title, tag, branch: shortName(branchOf(state) ?? ''), next };
}

function openBranches(refs: ReadonlyMap<string, Ref>, { release: config }: Config): readonly OpenBranch[] {
  const releases = openReleaseBranches(refs, config).map(({ name }) => {
    const branch = shortName(name);
    const release = releaseInName(name, config);
    if (release === undefined) return { branch, next: `${namingVersion(name, config)}, then: tagship release finish` };
    const finish = `tagship release finish ${shellQuote(release.word)}`;
    return { branch, next: `${finish} (or, to give it up: tagship release abort)` };
  });
  const prefix = branchNames(config).hotfix('');
  const hotfixes = openHotfixes(refs, config).map(({ name }) => {
    const ship = `tagship hotfix ${shellQuote(name.slice(prefix.length))}`;
    return { branch: shortName(name), next: `git switch ${quotedName(name)}, mend it, commit, then: ${ship}` };
  });
  return [...releases, ...hotfixes];
}

function renderState({ plan: { plan }, done }: ReleaseState, worker: number | undefined): string {
  const steps = plan.steps.filter(({ id }) => id !== 'build' && id !== 'gates');
  const lines = steps.map(({ id, title }) => `  ${done.has(id) ? '✔' : '·'} ${title}`);
  const next = 'next: tagship release continue (or: tagship release abort)';
  const last = worker === undefined ? next : `process ${worker} is at work on it`;
  return `${[`${plan.title}, begun ${plan.createdAt}`, ...lines, last].map(printable).join('\n')}\n`;
}

/** A dry run of continuing: the steps that are left. */
export async function showRest(
  { terminal, json }: Context,
  { ports }: ReleaseWorkshop,
  version: string | undefined,
): Promise<ExitCode> {
  const { plan: frozen, done } = (await openState(ports, version, 'continue')).state;
  const rest = frozen.plan.steps.filter(({ id }) => id !== 'build' && id !== 'gates' && !done.has(id));
  const plan = { ...frozen.plan, steps: rest };
  terminal.out(json ? `${JSON.stringify({ outcome: 'planned', plan })}\n` : renderPlan(plan, terminal));
  return EXIT.done;
}
