import { posix } from 'node:path';
import type { ReleaseConfig } from '../config/schema.ts';
import { EXIT, Problem, refuseIfAny } from '../core/problem.ts';
import { changelogSection, insertSection } from './changelog.ts';
import { type ChosenPubspec, choosePubspec } from './choose-pubspec.ts';
import { bumpFor, type ParsedCommit, parseCommits } from './commits.ts';
import { describeSteps } from './describe-steps.ts';
import type { ReleaseFacts } from './facts.ts';
import { hostedRepository } from './hosting.ts';
import type { FileEdit, ReleaseDetails, ReleasePlan, ReleaseRequest } from './plan-types.ts';
import { findVersion, replaceVersion, UneditablePubspec } from './pubspec.ts';
import { repositoryRefusals, versionRefusals } from './refusals.ts';
import { tagOf } from './tag-name.ts';
import { bumped, formatVersion, isLower, nextBuild, parseVersion, type Version } from './version.ts';

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
  refuseIfAny(repositoryRefusals(facts, config, request.push));
  const pubspec = choosePubspec(facts);
  const commits = parseCommits(facts.commits);
  const version = nextVersion(request.target, pubspec, commits);
  const tag = tagOf(config.tag, version);
  refuseIfAny(versionRefusals(facts, { tag, version, lastVersion: notHigherThan(version, pubspec, facts) }));

  const build = nextBuild(pubspec.spot.version, versionsOnMain(facts));
  const pubspecVersion = formatVersion({ core: version, build });
  const hosted = facts.remote.url === undefined ? undefined : hostedRepository(facts.remote.url);
  const date = now.toISOString().slice(0, 10);
  const notes = await changelogSection({ version, date, commits, tag, previousTag: facts.lastRelease?.tag, hosted });
  const edits = [editPubspec(pubspec, pubspecVersion), ...editChangelog(facts, notes)];
  const details = makeDetails(facts, request, config, { version, pubspecVersion, tag, edits, notes, pubspec, now });
  return {
    schema: 1,
    kind: 'release',
    id: `release-${tag.replaceAll('/', '-')}-${Math.floor(now.getTime() / 1000)}`,
    title: `Release ${tag}`,
    createdAt: now.toISOString(),
    steps: describeSteps(details, config),
    warnings: warningsFor(facts, commits),
    details,
  };
}

function nextVersion(target: string, { spot }: ChosenPubspec, commits: readonly ParsedCommit[]): string {
  const current = spot.version.core;
  if (target === 'auto') return bumped(current, bumpFor(commits, current));
  if (target === 'major' || target === 'minor' || target === 'patch') return bumped(current, target);
  const explicit = parseVersion(target.replace(/^v/, ''));
  if (explicit !== undefined && explicit.build === undefined) return explicit.core;
  throw new Problem({
    code: 'version-invalid',
    what: `"${target}" is neither a bump nor a version`,
    fix: 'tagship release major|minor|patch|auto, or a version such as 1.4.0',
    exit: EXIT.usage,
  });
}

/** The version that stands in the way, if any: the pubspec's own or the last release's. */
function notHigherThan(version: string, { spot }: ChosenPubspec, { lastRelease }: ReleaseFacts): string | undefined {
  const others = [spot.version.core, ...(lastRelease === undefined ? [] : [lastRelease.version])];
  return others.find((other) => !isLower(other, version));
}

function versionsOnMain({ pubspecsOnMain }: ReleaseFacts): readonly Version[] {
  return pubspecsOnMain.flatMap(({ bytes }) => {
    try {
      return findVersion(bytes.toString('utf8'))?.version ?? [];
    } catch (error) {
      // What main has is being replaced: an unreadable one has no number to grow past.
      if (error instanceof UneditablePubspec) return [];
      throw error;
    }
  });
}

function editPubspec({ path, bytes }: ChosenPubspec, version: string): FileEdit {
  return { path, contentBase64: replaceVersion(bytes, version).toString('base64') };
}

function editChangelog({ changelog }: ReleaseFacts, section: string): FileEdit[] {
  if (changelog === undefined) return [];
  const text = insertSection(changelog.bytes?.toString('utf8'), section);
  return [{ path: changelog.path, contentBase64: Buffer.from(text).toString('base64') }];
}

interface Decided {
  readonly version: string;
  readonly pubspecVersion: string;
  readonly tag: string;
  readonly edits: readonly FileEdit[];
  readonly notes: string;
  readonly pubspec: ChosenPubspec;
  readonly now: Date;
}

function makeDetails(
  facts: ReleaseFacts,
  request: ReleaseRequest,
  config: ReleaseConfig,
  { version, pubspecVersion, tag, edits, notes, pubspec, now }: Decided,
): ReleaseDetails {
  const folder = posix.dirname(pubspec.path);
  const tips = tipsOf(facts, config);
  return {
    version,
    pubspecVersion,
    tag,
    ...tips,
    mainInDevelop: facts.mainInDevelop,
    edits,
    messages: {
      commit: `chore(release): ${version}`,
      toMain: `Merge branch '${config.branches.release}${tag}'`,
      tag: `Release version ${version}`,
      toDevelop: `Merge tag '${tag}' into ${config.branches.develop}`,
    },
    identity: splitIdentity(facts.identity ?? '', now),
    packageFolder: folder === '.' ? '' : folder,
    worktrees: [tips.main, tips.develop].flatMap(({ name }) => {
      const worktree = facts.refs.get(name)?.worktree;
      return worktree === undefined ? [] : [{ path: worktree, ref: name }];
    }),
    remote:
      request.push && facts.remote.url !== undefined
        ? { name: facts.remote.name, url: withoutPassword(facts.remote.url) }
        : undefined,
    checks: request.checks,
    notes,
  };
}

function tipsOf({ refs }: ReleaseFacts, { branches }: ReleaseConfig): Pick<ReleaseDetails, 'main' | 'develop'> {
  const tip = (branch: string) => {
    const ref = refs.get(`refs/heads/${branch}`);
    // Missing branches were refused before this is called.
    if (ref === undefined) throw new Error(`no branch ${branch}`);
    return { name: ref.name, id: ref.id };
  };
  return { main: tip(branches.main), develop: tip(branches.develop) };
}

/** Splits git's `Name <mail> seconds zone`; the time is the plan's, so that a resumed release makes the same objects. */
function splitIdentity(identity: string, now: Date): ReleaseDetails['identity'] {
  const end = identity.lastIndexOf('>') + 1;
  const zone = identity.slice(end).trim().split(' ')[1] ?? '+0000';
  return { who: identity.slice(0, end), when: `${Math.floor(now.getTime() / 1000)} ${zone}` };
}

/** A URL may carry a password; a plan is shown and kept. */
function withoutPassword(url: string): string {
  return url.replace(/^([a-z+]+:\/\/)[^@/]*@/, '$1');
}

function warningsFor(facts: ReleaseFacts, commits: readonly ParsedCommit[]): readonly string[] {
  const warnings: string[] = [];
  if (commits.length === 0) warnings.push('there are no commits since the last release');
  if (!facts.mainInDevelop) warnings.push('main has commits that develop lacks; they are merged back');
  return warnings;
}
