import { type Command, Option } from 'commander';
import type { ReleaseConfig } from '../config/schema.ts';
import { EXIT, Problem } from '../core/problem.ts';
import { PACKAGE_NAME } from '../core/tag-name.ts';
import type { ReleaseRequest } from '../release/plan-types.ts';
import type { MakeOptions } from './make-release.ts';

export interface ReleaseOptions extends MakeOptions {
  readonly push: boolean;
  readonly checks: boolean;
  readonly pre?: string;
  readonly pr?: boolean;
  readonly notes?: boolean;
  readonly unpublished?: boolean;
  /** Of the independent packages that are meant. */
  readonly package: readonly string[];
  readonly mergeBack: ReleaseRequest['mergeBack'];
}

/** The options that a release and the finish of a hotfix share. */
export function addMakeOptions(command: Command): Command {
  return command
    .option('--dry-run', 'show the plan and stop')
    .option('-y, --yes', 'do not ask')
    .addOption(
      new Option('--package <names>', 'of independent packages only these (and what needs them); repeatable, or a,b')
        .argParser(collectNames)
        .default([], 'those that have changed'),
    )
    .addOption(new Option('--no-push', 'keep the release on this machine'))
    .addOption(new Option('--pr', 'main is protected: go there by a pull request on GitHub'))
    .addOption(new Option('--no-pr', 'push to main, whatever release.pullRequest says'))
    .addOption(new Option('--no-checks', 'skip the quality gates'))
    .addOption(
      new Option('--merge-back <how>', 'a conflicting merge back: stop with nothing changed, or leave it for later')
        .choices(['stop', 'later'])
        .default('stop'),
    );
}

export function requestOf(
  kind: ReleaseRequest['kind'],
  target: string,
  options: ReleaseOptions,
  config: ReleaseConfig,
): ReleaseRequest {
  const { pre, push, checks, mergeBack, pr: pullRequest = config.pullRequest } = options;
  const packages = [...new Set(options.package)].sort();
  return { kind, target, packages, pre, push, checks, mergeBack, pullRequest };
}

/** @throws Problem `package-name` */
function collectNames(typed: string, before: readonly string[]): readonly string[] {
  const names = typed.split(',').map((name) => name.trim());
  const unusable = names.find((name) => !PACKAGE_NAME.test(name));
  if (unusable === undefined) return [...before, ...names];
  throw new Problem({
    code: 'package-name',
    what: `${JSON.stringify(unusable)} is not the name of a package`,
    fix: 'use the name in its pubspec.yaml, e.g. --package core (several: --package core,ui)',
    exit: EXIT.usage,
  });
}
