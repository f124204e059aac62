import type { ReleaseConfig } from '../config/schema.ts';
import { EXIT, type ExitCode, Problem } from '../core/problem.ts';
import { branchNames } from '../release/branches.ts';
import { chooseReleaseBranch, releaseOfBranch } from '../release/finish.ts';
import { unfinishedRelease } from '../release/journal.ts';
import { isNamed } from '../release/waiting.ts';
import type { CommandModule, Context } from './command.ts';
import { continueRelease, makeRelease } from './make-release.ts';
import { addMakeOptions, type ReleaseOptions, requestOf } from './release-options.ts';
import { type LineParts, openRelease } from './release-workshop.ts';

export const declare: CommandModule['declare'] = (command, finish) => {
  command
    .argument('[bump]', 'major, minor, patch, auto or a version; or: start, finish, continue, abort, publish, status')
    .argument(
      '[version]',
      'for start: a bump or a version; for finish, continue and abort: which, when several are open; for publish: the tag to put on GitHub',
    )
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
  if (asked === undefined && options.notes !== true) throw bumpMissing('');
  const word = asked ?? 'auto';
  if (second !== undefined && !['start', 'finish', 'continue', 'abort', 'publish'].includes(word))
    throw unexpected(second);
  if (word === 'finish') return finishRelease(context, second, options);
  const fromDevelop = !['continue', 'abort', 'status'].includes(word);
  const workshop = await openRelease(context, (config) => (fromDevelop ? branchNames(config).develop : undefined));
  switch (word) {
    case 'start':
      if (second === undefined) throw bumpMissing('start ');
      return (await import('./start-release.ts')).startRelease(context, workshop, second, options);
    case 'continue': {
      const { continueMergesBack } = await import('./continue-merge-back.ts');
      const continued = await continueMergesBack(context, workshop, second, options.dryRun === true);
      if (continued !== undefined) return continued;
      if (!options.dryRun) return continueRelease(context, workshop, second);
      return (await import('./release-status.ts')).showRest(context, workshop, second);
    }
    case 'abort':
      return (await import('./abort-release.ts')).abort(context, workshop, second, options);
    case 'publish':
      return (await import('./publish-release.ts')).publishReleases(context, workshop, second, options);
    case 'status':
      return (await import('./release-status.ts')).showReleaseStatus(context, workshop);
    default: {
      const line = branchNames(workshop.config.release).develop;
      if (options.notes === true) {
        return (await import('./release-notes.ts')).printNotes(context, workshop, line, word, word, options);
      }
      return makeRelease(
        context,
        workshop,
        line,
        requestOf('release', word, options, workshop.config.release),
        options,
      );
    }
  }
}

async function finishRelease(
  context: Context,
  version: string | undefined,
  options: ReleaseOptions,
): Promise<ExitCode> {
  let line = '';
  const workshop = await openRelease(context, async (config, parts) => {
    line = await lineToFinish(parts, config, version);
    return line;
  });
  const config = workshop.config.release;
  const { version: target, word } = releaseOfBranch(line, config);
  if (options.notes === true) {
    return (await import('./release-notes.ts')).printNotes(context, workshop, line, word, target, options);
  }
  return makeRelease(context, workshop, line, requestOf('release', target, options, config), options);
}

/** Full name of the release branch that is meant. @throws Problem when there is none, or several to choose from */
async function lineToFinish(parts: LineParts, config: ReleaseConfig, version: string | undefined): Promise<string> {
  const [refs, unfinished] = await Promise.all([parts.refs, unfinishedRelease(parts.journal)]);
  // A finish that was interrupted may have deleted the branch already.
  const begun = unfinished?.plan.plan.details;
  const named = unfinished !== undefined && (version === undefined || isNamed(unfinished, version));
  const resuming = begun?.finishesLine && begun.request.kind === 'release' && named;
  return resuming ? begun.line.name : chooseReleaseBranch(refs, config, version).name;
}

function bumpMissing(start: '' | 'start '): Problem {
  return new Problem({
    code: 'bump-missing',
    what: 'it is not said which release',
    fix: `tagship release ${start}minor (or major, patch, auto, a version; more: tagship release --help)`,
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
