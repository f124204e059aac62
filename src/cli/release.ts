import { EXIT, type ExitCode, Problem } from '../core/problem.ts';
import { abortRelease } from '../release/abort.ts';
import { branchNames } from '../release/branches.ts';
import { claimed } from '../release/claim.ts';
import { chooseReleaseBranch, versionOfBranch } from '../release/finish.ts';
import { type ReleaseState, runningOwner, unfinishedRelease } from '../release/journal.ts';
import { localRefs } from '../release/look.ts';
import type { CommandModule, Context } from './command.ts';
import { continueRelease, makeRelease, openState } from './make-release.ts';
import { tellingFailures } from './release-failure.ts';
import { printNotes } from './release-notes.ts';
import { addMakeOptions, type ReleaseOptions, requestOf } from './release-options.ts';
import { openRelease, type ReleaseWorkshop } from './release-workshop.ts';
import { startRelease } from './start-release.ts';

export const declare: CommandModule['declare'] = (command, finish) => {
  command
    .argument('[bump]', 'major, minor, patch, auto or a version; or: start, finish, continue, abort, status')
    .argument('[version]', 'for start: a bump or a version; for finish: which, when several are open')
    .option('--pre <id>', 'make a pre-release, e.g. beta: 1.3.0-beta.1')
    .option('--notes', 'print the changelog section of what would be released, or of the release that is named')
    .option('--unpublished', 'for abort: a push that was cut off did not arrive');
  addMakeOptions(command).action((word: string | undefined, second: string | undefined, options: ReleaseOptions) =>
    finish((context) => run(word, second, options, context)),
  );
};

async function run(
  asked: string | undefined,
  second: string | undefined,
  options: ReleaseOptions,
  context: Context,
): Promise<ExitCode> {
  if (asked === undefined && options.notes !== true) throw bumpMissing();
  const word = asked ?? 'auto';
  if (second !== undefined && word !== 'start' && word !== 'finish') throw unexpected(second);
  const fromDevelop = !['finish', 'continue', 'abort', 'status'].includes(word);
  const workshop = await openRelease(context, (config) => (fromDevelop ? branchNames(config).develop : undefined));
  switch (word) {
    case 'start':
      return startRelease(context, workshop, second ?? 'minor', options);
    case 'finish':
      return finishRelease(context, workshop, second, options);
    case 'continue':
      return continueRelease(context, workshop);
    case 'abort':
      return abort(context, workshop, options.unpublished === true);
    case 'status':
      return showStatus(context, workshop, await unfinishedRelease(workshop.ports.journal));
    default: {
      const line = branchNames(workshop.config.release).develop;
      if (options.notes === true) return printNotes(context, workshop, line, word, options);
      return makeRelease(context, workshop, line, requestOf('release', word, options), options);
    }
  }
}

async function finishRelease(
  context: Context,
  workshop: ReleaseWorkshop,
  version: string | undefined,
  options: ReleaseOptions,
): Promise<ExitCode> {
  const { ports, config } = workshop;
  const [refs, unfinished] = await Promise.all([localRefs(ports.git), unfinishedRelease(ports.journal)]);
  // A finish that was interrupted may have deleted the branch already.
  const begun = unfinished?.plan.plan.details;
  const named = version === undefined || begun?.tags.some((tag) => tag.version === version.replace(/^v/, ''));
  const resuming = begun?.finishesLine && begun.request.kind === 'release' && named;
  const line = resuming ? begun.line.name : chooseReleaseBranch(refs, config.release, version).name;
  const target = versionOfBranch(line, config.release);
  if (options.notes === true) return printNotes(context, workshop, line, target, options);
  return makeRelease(context, workshop, line, requestOf('release', target, options), options);
}

async function abort(
  { terminal, json }: Context,
  { ports }: ReleaseWorkshop,
  assumeUnpublished: boolean,
): Promise<ExitCode> {
  const { title, left } = await claimed(ports.claim, ports.processes, async () => {
    const state = await openState(ports);
    const left = await tellingFailures(ports.journal, () => abortRelease(ports, state, assumeUnpublished));
    return { title: state.plan.plan.title, left };
  });
  if (json) terminal.out(`${JSON.stringify({ outcome: 'aborted', release: title, leftAlone: left })}\n`);
  terminal.err(`${title} is undone\n`);
  for (const name of left) terminal.err(`  left alone, it has moved on since: ${name}\n`);
  return EXIT.done;
}

async function showStatus(
  { terminal, json }: Context,
  { ports: { processes } }: ReleaseWorkshop,
  state: ReleaseState | undefined,
): Promise<ExitCode> {
  const worker = state === undefined ? undefined : runningOwner(state, processes);
  const done = [...(state?.done ?? [])];
  if (json) {
    const document =
      state === undefined
        ? { outcome: 'idle' }
        : { outcome: worker === undefined ? 'unfinished' : 'running', plan: state.plan.plan, done };
    terminal.out(`${JSON.stringify(document)}\n`);
  } else if (state === undefined) {
    terminal.out('no release is under way\n');
  } else {
    const steps = state.plan.plan.steps.filter(({ id }) => id !== 'build' && id !== 'gates');
    terminal.out(`${state.plan.plan.title}, begun ${state.plan.plan.createdAt}\n`);
    for (const { id, title } of steps) terminal.out(`  ${state.done.has(id) ? '✔' : '·'} ${title}\n`);
    const next = 'next: tagship release continue (or: tagship release abort)';
    terminal.out(`${worker === undefined ? next : `process ${worker.pid} is at work on it`}\n`);
  }
  return EXIT.done;
}

function bumpMissing(): Problem {
  return new Problem({
    code: 'bump-missing',
    what: 'it is not said which release',
    fix: 'tagship release minor (or major, patch, auto, a version; more: tagship release --help)',
    exit: EXIT.usage,
  });
}

function unexpected(word: string): Problem {
  return new Problem({
    code: 'unexpected-argument',
    what: `"${word}" was not expected here`,
    fix: 'tagship release --help',
    exit: EXIT.usage,
  });
}
