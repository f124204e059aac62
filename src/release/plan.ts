import type { ReleaseConfig } from '../config/schema.ts';
import { refuseIfAny } from '../core/problem.ts';
import { tagOf, versionOfTag } from '../core/tag-name.ts';
import { formatVersion, isPreRelease } from '../core/version.ts';
import { branchNames, openReleaseBranches, shortName } from './branches.ts';
import { changelogSection } from './changelog.ts';
import { type ChosenPackages, choosePackages, currentVersion } from './choose-packages.ts';
import type { ChosenPubspec } from './choose-pubspec.ts';
import { type ParsedCommit, parseCommits } from './commits.ts';
import { describeSteps } from './describe-steps.ts';
import { dependantsOf } from './edit-pubspecs.ts';
import { planEdits } from './edits.ts';
import type { ReleaseFacts } from './facts.ts';
import { hostedRepository } from './hosting.ts';
import { nextVersion } from './next-version.ts';
import { releaseOpenRefusals } from './open-branches.ts';
import { folderOf } from './package-folder.ts';
import type { ReleaseDetails, ReleasedPackage, ReleasePlan, ReleaseRequest, RemoteTarget } from './plan-types.ts';
import { repositoryRefusals, versionRefusals } from './refusals.ts';

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
  const packages = choosePackages(facts, config);
  const current = currentVersion(packages);
  const commits = parseCommits(facts.commits);
  const version = nextVersion(request, current, commits, taggedVersions(facts, config.tag), config);
  const tag = tagOf(config.tag, version);
  refuseIfAny([
    ...releaseOpenRefusals(facts, config),
    ...versionRefusals(facts, request, { tag, version, pubspec: current }),
  ]);

  const hosted = facts.remote.url === undefined ? undefined : hostedRepository(facts.remote.url);
  const date = now.toISOString().slice(0, 10);
  const generated = await changelogSection({
    version,
    date,
    commits,
    tag,
    previousTag: facts.lastRelease?.tag,
    hosted,
  });
  const { edits, versions, notes } = planEdits(facts, config, { version, packages, notes: generated });
  const [first, ...others] = packages;
  const released = (pubspec: ChosenPubspec, index: number): ReleasedPackage => ({
    name: pubspec.name,
    folder: folderOf(pubspec.path),
    version,
    pubspecVersion: formatVersion(versions[index] ?? versions[0]),
    tag,
  });
  const branches = affectedBranches(facts, config, version);
  const { kind, target, pre, push, pullRequest } = request;
  const details: ReleaseDetails = {
    request: { kind, target, pre, push, pullRequest },
    packages: [released(first, 0), ...others.map((pubspec, index) => released(pubspec, index + 1))],
    tags: [{ name: tag, version, message: tagMessage(kind, version), notes }],
    ...branches,
    mainInLine: facts.mainInLine,
    mergeBack: request.mergeBack,
    edits,
    versionFiles: [...versionedPubspecs(facts, config, packages), ...config.files],
    changelogPath: facts.changelog?.path,
    messages: messagesFor(config, branches.line.name, { version, tag }),
    identity: splitIdentity(facts.identity ?? '', now),
    signing: facts.signing,
    worktrees: movingWorktrees(facts, branches),
    remote: request.push ? remoteTarget(facts) : undefined,
    checks: request.checks,
    hooks: config.hooks,
  };
  const name = kind === 'hotfix' ? `Hotfix ${tag}` : `Release ${tag}`;
  return {
    schema: 1,
    kind: 'release',
    id: `release-${tag.replaceAll('/', '-')}-${Math.floor(now.getTime() / 1000)}`,
    title: name,
    createdAt: now.toISOString(),
    steps: describeSteps(details),
    warnings: warningsFor(facts, commits, config),
    details,
  };
}

/** Where versions meet when branches are merged: those of packages, and the constraints on them. */
function versionedPubspecs(
  facts: ReleaseFacts,
  config: ReleaseConfig,
  packages: ChosenPackages,
): ReleaseDetails['versionFiles'] {
  if (config.packages === undefined) return packages.map(({ path }) => ({ path, after: undefined }));
  const needing = packages.map(({ name }) => name);
  return [...packages, ...dependantsOf(facts, packages)].map(({ path }) => ({ path, after: undefined, needing }));
}

function taggedVersions({ refs }: ReleaseFacts, format: string): readonly string[] {
  return [...refs.keys()].flatMap((name) => versionOfTag(format, name.replace(/^refs\/tags\//, '')) ?? []);
}

type Branches = Pick<ReleaseDetails, 'line' | 'finishesLine' | 'main' | 'back'>;

function affectedBranches(facts: ReleaseFacts, config: ReleaseConfig, version: string): Branches {
  const names = branchNames(config);
  const tip = (name: string) => {
    const ref = facts.refs.get(name);
    // Missing branches were refused before this is called.
    if (ref === undefined) throw new Error(`no branch ${name}`);
    return { name, id: ref.id };
  };
  const line = tip(facts.line);
  if (isPreRelease(version)) return { line, finishesLine: false, main: undefined, back: [] };
  const finishesLine = facts.line !== names.develop;
  // A release branch that is open while a hotfix ships must not lose the fix; one release does not wait for another.
  const isHotfix = finishesLine && !openReleaseBranches(facts.refs, config).some(({ name }) => name === facts.line);
  const open = isHotfix ? openReleaseBranches(facts.refs, config).map(({ name }) => name) : [];
  return { line, finishesLine, main: tip(names.main), back: [names.develop, ...open].map(tip) };
}

const tagMessage = (kind: ReleaseRequest['kind'], version: string) =>
  kind === 'hotfix' ? `Hotfix version ${version}` : `Release version ${version}`;

function messagesFor(
  config: ReleaseConfig,
  line: string,
  { version, tag }: { version: string; tag: string },
): ReleaseDetails['messages'] {
  const names = branchNames(config);
  const branch = line === names.develop ? names.release(tag) : line;
  return {
    commit: `chore(release): ${version}`,
    toMain: `Merge branch '${shortName(branch)}'`,
  };
}

/** Splits git's `Name <mail> seconds zone`; the time is the plan's, so that a resumed release makes the same objects. */
export function splitIdentity(identity: string, now: Date): ReleaseDetails['identity'] {
  const end = identity.lastIndexOf('>') + 1;
  const zone = identity.slice(end).trim().split(' ')[1] ?? '+0000';
  return { who: identity.slice(0, end), when: `${Math.floor(now.getTime() / 1000)} ${zone}` };
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

function warningsFor(facts: ReleaseFacts, commits: readonly ParsedCommit[], config: ReleaseConfig): readonly string[] {
  const { main } = config.branches;
  const warnings: string[] = [];
  if (commits.length === 0) warnings.push('there are no commits since the last release');
  if (!facts.mainInLine) warnings.push(`${main} has commits that ${shortName(facts.line)} lacks; they are merged`);
  return warnings;
}
