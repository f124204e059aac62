import { EXIT, type ExitCode, Problem } from '../core/problem.ts';
import { shellQuote } from '../core/shell-quote.ts';
import { abortRelease, planAbort } from '../release/abort.ts';
import { branchNames, openReleaseBranches, quotedName, shortName } from '../release/branches.ts';
import { claimed } from '../release/claim.ts';
import type { Ref } from '../release/facts.ts';
import { chooseReleaseBranch, releaseOfBranch } from '../release/finish.ts';
import { refuseOwnWork } from '../release/give-up.ts';
import { unfinishedRelease } from '../release/journal.ts';
import { trackingRef } from '../release/push.ts';
import { deleteLine } from '../release/steps/delete-line.ts';
import { toldVersion } from '../release/units.ts';
import { branchOf, isNamed, type WaitingProposal, waitingProposals } from '../release/waiting.ts';
import { confirm, declined } from './ask.ts';
import type { Context } from './command.ts';
import { openState } from './make-release.ts';
import { tellingFailures } from './release-failure.ts';
import type { ReleaseOptions } from './release-options.ts';
import type { ReleaseWorkshop } from './release-workshop.ts';

/**
 * Undoes the release that is under way, or a proposal that waits; with none, gives up the release branch that is open.
 * @param version which, when several are open
 */
export async function abort(
  context: Context,
  workshop: ReleaseWorkshop,
  version: string | undefined,
  options: ReleaseOptions,
): Promise<ExitCode> {
  const { ports, config } = workshop;
  const [unfinished, waiting, refs] = await Promise.all([
    unfinishedRelease(ports.journal),
    waitingProposals(ports),
    workshop.first.refs,
  ]);
  const proposed = waiting.map(({ state }) => branchOf(state));
  const started = openReleaseBranches(refs, config.release).filter(({ name }) => !proposed.includes(name));
  const isProposed = version === undefined ? waiting.length > 0 : waiting.some(({ state }) => isNamed(state, version));
  if (unfinished !== undefined || isProposed || (version === undefined && started.length === 0)) {
    if (unfinished === undefined && version === undefined && started.length > 0) throw ambiguous(waiting, started);
    return options.dryRun ? showUndoing(context, workshop, version) : undo(context, workshop, version, options);
  }
  return tellingFailures(ports.journal, () => giveUp(context, workshop, version, options));
}

async function undo(
  { terminal, json }: Context,
  { ports }: ReleaseWorkshop,
  version: string | undefined,
  { unpublished }: ReleaseOptions,
): Promise<ExitCode> {
  const { title, left } = await claimed(ports.claim, ports.processes, async () => {
    const { state, journal } = await openState(ports, version, 'abort');
    const own = { ...ports, journal };
    const left = await tellingFailures(journal, () => abortRelease(own, state, unpublished === true));
    return { title: state.plan.plan.title, left };
  });
  if (json) terminal.out(`${JSON.stringify({ outcome: 'aborted', release: title, leftAlone: left })}\n`);
  terminal.err(`${title} is undone\n`);
  for (const name of left) terminal.err(`  left alone, it has moved on since: ${name}\n`);
  return EXIT.done;
}

async function showUndoing(
  { terminal, json }: Context,
  { ports }: ReleaseWorkshop,
  version: string | undefined,
): Promise<ExitCode> {
  const { state } = await openState(ports, version, 'abort');
  const { putBack, leftAlone } = await planAbort(ports, state);
  const release = state.plan.plan.title;
  if (json) {
    terminal.out(`${JSON.stringify({ outcome: 'planned', release, putBack, leftAlone })}\n`);
    return EXIT.done;
  }
  terminal.out(`Undo ${release}, unless it is published\n`);
  for (const { name, from } of putBack) {
    terminal.out(from === undefined ? `  remove ${name}\n` : `  put ${name} back to ${from.slice(0, 8)}\n`);
  }
  for (const name of leftAlone) terminal.out(`  leave alone, it has moved on since: ${name}\n`);
  return EXIT.done;
}

async function giveUp(
  context: Context,
  { ports, config, first }: ReleaseWorkshop,
  wanted: string | undefined,
  { dryRun, yes }: ReleaseOptions,
): Promise<ExitCode> {
  const { terminal, json } = context;
  const refs = await first.refs;
  const branch = chooseReleaseBranch(refs, config.release, wanted);
  const release = releaseOfBranch(branch.name, config.release);
  await refuseOwnWork(ports.git, branch, toldVersion(release, release.version));
  const name = shortName(branch.name);
  if (dryRun) {
    terminal.out(json ? `${JSON.stringify({ outcome: 'planned', giveUp: name })}\n` : `Give up ${name}: delete it\n`);
    return EXIT.done;
  }
  if (!yes && !(await confirm(context, `Give up ${name}?`))) return declined(context);
  await deleteLine(ports, branch, branchNames(config.release).develop);
  const remote = config.release.remote;
  const tracked = await ports.git.try([
    'rev-parse',
    '--verify',
    '--quiet',
    trackingRef({ remote: { name: remote } }, branch.name),
  ]);
  if (json) terminal.out(`${JSON.stringify({ outcome: 'given-up', branch: name, commit: branch.id })}\n`);
  terminal.err(`${name} is given up; it was ${branch.id.slice(0, 10)}\n`);
  if (tracked.exitCode === 0) {
    terminal.err(`  ${remote} has it still; next: git push ${remote} --delete ${quotedName(branch.name)}\n`);
  }
  return EXIT.done;
}

function ambiguous(waiting: readonly WaitingProposal[], started: readonly Ref[]): Problem {
  const proposals = waiting.map(({ state }) => state.plan.plan);
  return new Problem({
    code: 'several-releases',
    what: 'a proposal waits for its pull request, and a release branch is open',
    why: [...proposals.map(({ title }) => title), ...started.map(({ name }) => shortName(name))].join('\n'),
    fix: `name one: tagship release abort ${shellQuote(proposals[0]?.details.tags[0].name ?? '')}`,
    exit: EXIT.refused,
  });
}
