import { Option } from 'commander';
import { EXIT, type ExitCode, Problem } from '../core/problem.ts';
import { abortRelease } from '../release/abort.ts';
import { actRelease, resumeRelease } from '../release/act.ts';
import { type ReleaseState, refuseUnfinished, refuseWhileRunning, unfinishedRelease } from '../release/journal.ts';
import { lookAtRelease } from '../release/look.ts';
import { planRelease } from '../release/plan.ts';
import type { ReleaseDetails, ReleaseObjects } from '../release/plan-types.ts';
import { confirm } from './ask.ts';
import type { CommandModule, Context } from './command.ts';
import { openRelease, type ReleaseWorkshop } from './release-workshop.ts';
import { renderPlan } from './render.ts';

interface ReleaseOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly push: boolean;
  readonly checks: boolean;
}

export const declare: CommandModule['declare'] = (command, finish) => {
  command
    .argument('<bump>', 'major, minor, patch, auto or a version; or: continue, abort, status')
    .option('--dry-run', 'show the plan and stop')
    .option('-y, --yes', 'do not ask')
    .addOption(new Option('--no-push', 'keep the release on this machine'))
    .addOption(new Option('--no-checks', 'skip the quality gates'))
    .action((target: string, options: ReleaseOptions) => finish((context) => run(target, options, context)));
};

async function run(target: string, options: ReleaseOptions, context: Context): Promise<ExitCode> {
  const workshop = await openRelease(context);
  const unfinished = await unfinishedRelease(workshop.ports.journal);
  switch (target) {
    case 'continue':
      return continueRelease(context, workshop, unfinished);
    case 'abort':
      return abort(context, workshop, unfinished);
    case 'status':
      return showStatus(context, unfinished);
    default:
      if (unfinished !== undefined) refuseUnfinished(unfinished, workshop.ports.processes);
      return release(target, options, context, workshop);
  }
}

async function release(
  target: string,
  { dryRun, yes, push, checks }: ReleaseOptions,
  context: Context,
  { ports, files, location, config }: ReleaseWorkshop,
): Promise<ExitCode> {
  const { terminal, json } = context;
  const facts = await lookAtRelease(ports.git, files, location, config.release);
  const plan = await planRelease(facts, { target, push, checks }, config.release, ports.clock.now());
  if (dryRun) {
    if (json) terminal.out(`${JSON.stringify({ outcome: 'planned', plan })}\n`);
    else terminal.out(`${renderPlan(plan, terminal)}\n${plan.details.notes}\n`);
    return EXIT.done;
  }
  terminal.err(renderPlan(plan, terminal));
  if (!yes && !(await confirm(context, `${plan.title}?`))) return EXIT.refused;
  const objects = await actRelease(ports, plan, facts.tree);
  tellReleased(context, plan.details, objects);
  return EXIT.done;
}

async function continueRelease(
  context: Context,
  { ports }: ReleaseWorkshop,
  state: ReleaseState | undefined,
): Promise<ExitCode> {
  if (state === undefined) throw nothingUnfinished();
  refuseWhileRunning(state, ports.processes);
  const { plan, objects } = await resumeRelease(ports, state);
  tellReleased(context, plan.details, objects);
  return EXIT.done;
}

async function abort(
  { terminal, json }: Context,
  { ports }: ReleaseWorkshop,
  state: ReleaseState | undefined,
): Promise<ExitCode> {
  if (state === undefined) throw nothingUnfinished();
  refuseWhileRunning(state, ports.processes);
  const left = await abortRelease(ports, state);
  const { title } = state.plan.plan;
  if (json) terminal.out(`${JSON.stringify({ outcome: 'aborted', release: title, leftAlone: left })}\n`);
  terminal.err(`${title} is undone\n`);
  for (const name of left) terminal.err(`  left alone, it has moved on since: ${name}\n`);
  return EXIT.done;
}

async function showStatus({ terminal, json }: Context, state: ReleaseState | undefined): Promise<ExitCode> {
  const done = [...(state?.done ?? [])];
  if (json) {
    const document = state === undefined ? { outcome: 'idle' } : { outcome: 'unfinished', plan: state.plan.plan, done };
    terminal.out(`${JSON.stringify(document)}\n`);
  } else if (state === undefined) {
    terminal.out('no release is under way\n');
  } else {
    const steps = state.plan.plan.steps.filter(({ id }) => id !== 'build' && id !== 'gates');
    terminal.out(`${state.plan.plan.title}, begun ${state.plan.plan.createdAt}\n`);
    for (const { id, title } of steps) terminal.out(`  ${state.done.has(id) ? '✔' : '·'} ${title}\n`);
    terminal.out('next: tagship release continue (or: tagship release abort)\n');
  }
  return EXIT.done;
}

function tellReleased({ terminal, json }: Context, details: ReleaseDetails, objects: ReleaseObjects): void {
  const { version, pubspecVersion, tag, remote, notes } = details;
  const pushed = remote !== undefined;
  if (json) {
    const document = { outcome: 'released', version, pubspecVersion, tag, commit: objects.main, pushed, notes };
    terminal.out(`${JSON.stringify(document)}\n`);
    return;
  }
  terminal.err(pushed ? `${tag} is released and on ${remote.name}\n` : `${tag} is released on this machine\n`);
}

function nothingUnfinished(): Problem {
  return new Problem({
    code: 'nothing-unfinished',
    what: 'no release is under way here',
    fix: 'tagship release minor (or major, patch, auto)',
    exit: EXIT.refused,
  });
}
