import type { ReleaseConfig } from '../config/schema.ts';
import { refuseIfAny } from '../core/problem.ts';
import { isPreRelease } from '../core/version.ts';
import { branchNames, openReleaseBranches, shortName } from './branches.ts';
import { tipOf } from './catch-up.ts';
import { changelogSection } from './changelog.ts';
import { hasChanged } from './choose-units.ts';
import { type DecidedUnits, decideUnits } from './decide-units.ts';
import { describeSteps } from './describe-steps.ts';
import { dependantsOf } from './edit-pubspecs.ts';
import { planEdits } from './edits.ts';
import type { ReleaseFacts } from './facts.ts';
import { identityOf } from './identity.ts';
import { releaseOpenRefusals } from './open-branches.ts';
import {
  RELEASE_SCHEMA,
  type ReleaseDetails,
  type ReleasePlan,
  type ReleaseRequest,
  type RemoteTarget,
} from './plan-types.ts';
import { releasedPackages, releaseTag, sectionFacts } from './planned-units.ts';
import { repositoryRefusals, versionRefusals } from './refusals.ts';
import { releaseMessage } from './release-message.ts';
import { named, tagNames } from './tags.ts';
import { type ReleasedUnit, toldVersion, type Unit } from './units.ts';
import { overtakenTags, pushCommand } from './unpublished.ts';

/**
 * Decides a release: a pure function of what was found, what was asked and how the project is configured.
 * @throws Problem or Refusals with every reason why not.
 */
export async function planRelease(
  facts: ReleaseFacts,
  request: ReleaseRequest,
  config: ReleaseConfig,
  now: Date,
): Promise<ReleasePlan> {
  refuseIfAny(repositoryRefusals(facts, config, request));
  const { released, others } = decideUnits(facts, request, config);
  refuseIfAny([
    ...releaseOpenRefusals(facts, config),
    ...released.flatMap((unit) => versionRefusals(facts, request, unit)),
  ]);
  const noted = await Promise.all(
    released.map(async (unit) => ({ unit, notes: await changelogSection(sectionFacts(facts, unit, released, now)) })),
  );
  const { edits, units } = planEdits(facts, config, noted);
  const [first] = released;
  const branches = affectedBranches(facts, config, first.version);
  const { kind, target, packages, pre, push, pullRequest } = request;
  const details: ReleaseDetails = {
    request: { kind, target, packages, pre, push, pullRequest },
    packages: oneOrMore(units.flatMap(releasedPackages)),
    tags: oneOrMore(units.map((unit) => releaseTag(kind, unit))),
    ...branches,
    mainInLine: facts.mainInLine,
    mergeBack: request.mergeBack,
    edits,
    versionFiles: [...versionedPubspecs(facts, config, [...released, ...others]), ...config.files],
    changelogPaths: [...released, ...others].flatMap(({ changelog }) => changelog?.path ?? []),
    messages: messagesFor(config, branches.line.name, released),
    identity: identityOf(facts, now),
    signing: facts.signing,
    worktrees: movingWorktrees(facts, branches),
    remote: push ? remoteTarget(facts) : undefined,
    checks: request.checks,
    hooks: config.hooks,
  };
  return {
    schema: RELEASE_SCHEMA,
    kind: 'release',
    id: `release-${first.tag.replaceAll('/', '-')}-${Math.floor(now.getTime() / 1000)}`,
    title: `${kind === 'hotfix' ? 'Hotfix' : 'Release'} ${tagNames(details)}`,
    createdAt: now.toISOString(),
    steps: describeSteps(details),
    warnings: warningsFor(facts, config, others, push ? released : []),
    details,
  };
}

function oneOrMore<T>([first, ...rest]: readonly T[]): readonly [T, ...T[]] {
  if (first === undefined) throw new Error('a release of nothing was planned');
  return [first, ...rest];
}

/** Where versions meet when branches are merged: those of packages, and the constraints on them. */
function versionedPubspecs(
  facts: ReleaseFacts,
  config: ReleaseConfig,
  units: readonly Unit[],
): ReleaseDetails['versionFiles'] {
  const packages = units.flatMap((unit) => unit.packages);
  if (config.packages === undefined) return packages.map(({ path }) => ({ path, after: undefined }));
  const needing = packages.map(({ name }) => name);
  return [...packages, ...dependantsOf(facts, packages)].map(({ path }) => ({ path, after: undefined, needing }));
}

type Branches = Pick<ReleaseDetails, 'line' | 'finishesLine' | 'main' | 'back'>;

function affectedBranches(facts: ReleaseFacts, config: ReleaseConfig, version: string): Branches {
  const names = branchNames(config);
  const tip = (name: string) => {
    const ref = facts.refs.get(name);
    // Missing branches were refused before this is called.
    if (ref === undefined) throw new Error(`no branch ${name}`);
    return tipOf(ref);
  };
  const line = tip(facts.line);
  if (isPreRelease(version)) return { line, finishesLine: false, main: undefined, back: [] };
  const finishesLine = facts.line !== names.develop;
  // A release branch that is open while a hotfix ships must not lose the fix; one release does not wait for another.
  const isHotfix = finishesLine && !openReleaseBranches(facts.refs, config).some(({ name }) => name === facts.line);
  const open = isHotfix ? openReleaseBranches(facts.refs, config).map(({ name }) => name) : [];
  return { line, finishesLine, main: tip(names.main), back: [names.develop, ...open].map(tip) };
}

function messagesFor(
  config: ReleaseConfig,
  line: string,
  released: DecidedUnits['released'],
): ReleaseDetails['messages'] {
  const names = branchNames(config);
  const branch = line === names.develop ? names.release(released[0].tag) : line;
  return {
    commit: releaseMessage(released.map((unit) => toldVersion(unit, unit.version))),
    toMain: `Merge branch '${shortName(branch)}'`,
  };
}

function movingWorktrees({ refs }: ReleaseFacts, { line, main, back }: Branches): ReleaseDetails['worktrees'] {
  const names = new Set([line, ...(main === undefined ? [] : [main]), ...back].map(({ name }) => name));
  return [...names].flatMap((name) => {
    const worktree = refs.get(name)?.worktree;
    return worktree === undefined ? [] : [{ path: worktree, ref: name }];
  });
}

function remoteTarget({ remote, line }: ReleaseFacts): RemoteTarget | undefined {
  const [url] = remote.pushUrls;
  if (url === undefined) return undefined;
  return { name: remote.name, url, lineTip: remote.refs.get(line) };
}

function warningsFor(
  facts: ReleaseFacts,
  config: ReleaseConfig,
  others: readonly Unit[],
  published: readonly ReleasedUnit[],
): readonly string[] {
  const { main } = config.branches;
  const warnings: string[] = [];
  const left = others.filter(hasChanged).flatMap(({ name }) => name ?? []);
  if (left.length > 0) warnings.push(`changed too, and not released: ${left.join(', ')}`);
  if (facts.commits.length === 0) warnings.push('there are no commits since the last release');
  if (!facts.mainInLine) warnings.push(`${main} has commits that ${shortName(facts.line)} lacks; they are merged`);
  const going = published.map(({ tag }) => tag);
  const overtaken = overtakenTags({ refs: facts.refs, published: facts.remote }, config, going);
  if (overtaken.length > 0)
    warnings.push(
      `this one goes out without ${named(overtaken.map(shortName))}: ${pushCommand(facts.remote.name, overtaken)}`,
    );
  return warnings;
}
