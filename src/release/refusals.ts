import type { ReleaseConfig } from '../config/schema.ts';
import { EXIT, Problem } from '../core/problem.ts';
import { shellQuote } from '../core/shell-quote.ts';
import { versionOfTag } from '../core/tag-name.ts';
import { bumped, isLower, isPreRelease, parseVersion, preReleaseId } from '../core/version.ts';
import { branchNames, quotedName, shortName } from './branches.ts';
import { currentVersion } from './choose-packages.ts';
import type { Ref, ReleaseFacts, RemoteFacts } from './facts.ts';
import type { ReleaseRequest } from './plan-types.ts';
import { named } from './tags.ts';
import { type ReleasedUnit, toldVersion } from './units.ts';

const refused = (code: string, what: string, fix: string, why?: string) =>
  new Problem({ code, what, fix, exit: EXIT.refused, ...(why === undefined ? {} : { why }) });

/** Why this repository cannot be released from right now, all reasons at once. */
export function repositoryRefusals(
  facts: ReleaseFacts,
  config: ReleaseConfig,
  { push, kind }: Pick<ReleaseRequest, 'push' | 'kind'>,
): readonly Problem[] {
  return [
    ...(kind === 'hotfix' ? emptyHotfix(facts, config) : []),
    ...historyRefusals(facts, config),
    ...worktreeRefusals(facts),
    ...(push ? remoteRefusals(facts) : []),
  ];
}

function emptyHotfix({ refs, line, commits }: ReleaseFacts, config: ReleaseConfig): Problem[] {
  const giveUp = `git switch ${config.branches.develop} && git branch -d ${quotedName(line)}`;
  if (commits.length > 0 && refs.get(line)?.id !== refs.get(branchNames(config).main)?.id) return [];
  const what = `${shortName(line)} has no commits yet`;
  const fix = `git switch ${quotedName(line)}, mend it, git commit, then the same command again (or, to give it up: ${giveUp})`;
  return [refused('hotfix-empty', what, fix)];
}

function historyRefusals(facts: ReleaseFacts, config: ReleaseConfig): Problem[] {
  const { remote } = config;
  const problems: Problem[] = [];
  if (facts.shallow) {
    const why = 'merges and the changelog need the whole history';
    problems.push(refused('shallow-clone', 'this clone is shallow', `git fetch --unshallow ${remote}`, why));
  }
  if (facts.identity === undefined) {
    const fix = 'git config user.name … and git config user.email …';
    problems.push(refused('no-identity', 'git does not know who you are', fix));
  }
  const { main, develop } = branchNames(config);
  for (const name of new Set([main, develop, facts.line])) {
    if (!facts.refs.has(name)) problems.push(missingBranch(name, facts, config));
  }
  return problems;
}

function missingBranch(name: string, facts: ReleaseFacts, config: ReleaseConfig): Problem {
  const { main, develop } = config.branches;
  const branch = shortName(name);
  const quoted = quotedName(name);
  const master = main === 'main' && facts.refs.has('refs/heads/master');
  const push = facts.remote.url === undefined ? '' : ` && git push -u ${config.remote} ${develop}`;
  const rename = `or name your branch in tagship.yaml: release: { branches: { main: ${master ? 'master' : '…'} } }`;
  const fix = facts.remote.refs.has(name)
    ? `git fetch ${config.remote} ${quoted}:${quoted}`
    : branch === develop
      ? `git branch ${develop} ${master ? 'master' : main}${push}`
      : master && branch === main
        ? `git branch -m master main, ${rename}`
        : `git branch ${quoted} <the commit that is in production>, ${rename}`;
  return refused('branch-missing', `there is no local branch ${branch}`, fix);
}

function worktreeRefusals(facts: ReleaseFacts): Problem[] {
  const busy = facts.busyWorktrees.map(({ path, operation }) =>
    refused(
      'operation-in-progress',
      `a ${operation} is in progress in ${path}`,
      `finish it, or: git -C ${shellQuote(path)} ${operation === 'bisect' ? 'bisect reset' : `${operation} --abort`}`,
      'that worktree has a branch checked out which the release moves',
    ),
  );
  if (facts.uncommittedOnLine.length === 0) return busy;
  const what = `there are uncommitted changes on ${shortName(facts.line)}, which would not be part of the release`;
  const fix = 'git commit -a (or: git stash), then run the same command again';
  return [...busy, refused('uncommitted-on-line', what, fix, facts.uncommittedOnLine.slice(0, 10).join('\n'))];
}

function remoteRefusals({ refs, remote }: ReleaseFacts): Problem[] {
  if (remote.url === undefined) return [noRemote(remote)];
  if (remote.mirror) return [mirrorRefusal(remote.name)];
  if (remote.pushUrls.length > 1) {
    const what = `${remote.name} is pushed to several places, which cannot be had all or none`;
    const fix = `git remote set-url --push ${remote.name} <the one to release to>, or name another remote in tagship.yaml: release: { remote: … }`;
    return [refused('several-push-urls', what, fix, remote.pushUrls.join('\n'))];
  }
  if (remote.unreachable !== undefined) {
    const fix = 'check the connection and run again, or release with --no-push';
    return [refused('remote-unreachable', `${remote.name} cannot be read`, fix, remote.unreachable)];
  }
  return behindRefusals(refs, remote, 'the same command again');
}

/** Of branches that lack what the remote's have, each with what brings it here. */
export function behindRefusals(
  refs: ReadonlyMap<string, Ref>,
  { name: remote, ahead }: Pick<RemoteFacts, 'name' | 'ahead'>,
  again: string,
): Problem[] {
  const why = 'a release must contain what others already published';
  const unfetched = [...ahead].flatMap(([name, how]) => (how === 'unfetched' ? [quotedName(name)] : []));
  return [...ahead].map(([name, how]) => {
    const [branch, quoted] = [shortName(name), quotedName(name)];
    const worktree = refs.get(name)?.worktree;
    const there = worktree === undefined ? `git switch ${quoted} && git` : `git -C ${shellQuote(worktree)}`;
    if (how === 'diverged') {
      const fix = `${there} pull --no-rebase ${remote} ${quoted}, then ${again}`;
      return refused('branch-behind', `${branch} and ${remote}/${branch} have diverged`, fix, why);
    }
    // With the tags, which are needed as well when the commits are of a release.
    const fetch = `git fetch --tags ${remote} ${unfetched.join(' ')}`;
    const fix = how === 'unfetched' ? fetch : `${there} pull --ff-only ${remote} ${quoted}`;
    return refused(
      'branch-behind',
      `${branch} lacks commits that ${remote}/${branch} has`,
      `${fix}, then ${again}`,
      why,
    );
  });
}

export function mirrorRefusal(remote: string): Problem {
  const what = `${remote} is a mirror: git pushes everything there or nothing, and no branches that are named`;
  return refused('remote-mirror', what, `git config --unset remote.${remote}.mirror`);
}

function noRemote({ name, remotes }: RemoteFacts): Problem {
  const [only] = remotes;
  const what = `there is no remote ${name}`;
  if (only === undefined) return refused('no-remote', what, `git remote add ${name} <url>, or release with --no-push`);
  const fix = `name it in tagship.yaml: release: { remote: ${only} }, or release with --no-push`;
  return refused('no-remote', what, fix, `there is ${remotes.join(', ')}`);
}

/** Why this version cannot be the next one. */
export function versionRefusals(
  facts: ReleaseFacts,
  { target, kind, pre }: Pick<ReleaseRequest, 'target' | 'kind' | 'pre'>,
  unit: ReleasedUnit,
  command = 'tagship release',
): readonly Problem[] {
  const { tag, version, history } = unit;
  const pubspec = currentVersion(unit.packages);
  // Of a tag that is in the way, that alone is told.
  const exists = facts.refs.has(`refs/tags/${tag}`);
  const problems: Problem[] = unit.follows.length > 0 || exists ? [] : emptyRelease(unit, target, command);
  const option = unit.name === undefined ? '' : ` --package ${unit.name}`;
  if (exists) {
    const byHand = `git show ${tag} tells what it is; made by hand, it goes by: git tag -d ${tag}`;
    const another = bumped(highest([version, pubspec, history.lastRelease?.version ?? version]), 'patch');
    const fix = kind === 'hotfix' ? byHand : `${command} ${another}${option} (or another version; ${byHand})`;
    problems.push(refused('tag-exists', `the tag ${tag} exists already`, fix));
  } else if (facts.remote.refs.has(`refs/tags/${tag}`)) {
    const fix = `git fetch ${facts.remote.name} tag ${tag}, then release another version`;
    problems.push(refused('tag-exists-remote', `${facts.remote.name} has a tag ${tag} already`, fix));
  }
  problems.push(...missingTags(facts, unit));
  // A version that was named outright may be the one the pubspec already announces.
  const announced = version === pubspec && parseVersion(target.replace(/^v/, '')) !== undefined;
  const others = [
    ...(announced ? [] : [pubspec]),
    ...(history.lastRelease === undefined ? [] : [history.lastRelease.version]),
  ];
  const higher = others.find((other) => !isLower(other, version));
  if (higher !== undefined && !(exists && higher === version)) {
    const before = preReleaseId(higher);
    const fix =
      pre === undefined || before === undefined
        ? `${command} ${bumped(highest(others), 'patch')}${option} (or a higher version)`
        : `${command} ${target} --pre ${shellQuote(before)} (or a word that sorts after ${before})`;
    problems.push(refused('version-not-higher', `${toldVersion(unit, version)} is not higher than ${higher}`, fix));
  }
  return problems;
}

const highest = (versions: readonly string[]) => versions.reduce((one, other) => (isLower(one, other) ? other : one));

/** Version and notes go by the last release: one that only the remote knows of would be told, and counted, again. */
function missingTags({ refs, remote }: ReleaseFacts, { tag, version, format, history }: ReleasedUnit): Problem[] {
  const last = history.lastRelease?.version;
  const missing = [...remote.refs.keys()].flatMap((ref) => {
    const name = ref.startsWith('refs/tags/') && !refs.has(ref) ? shortName(ref) : tag;
    const released = name === tag ? undefined : versionOfTag(format, name);
    if (released === undefined || (last !== undefined && !isLower(last, released))) return [];
    return isPreRelease(released) && !isPreRelease(version) ? [] : [name];
  });
  if (missing.length === 0) return [];
  const what = `${remote.name} has releases that are not known here: ${named(missing)}`;
  const why = 'the version and its notes are made from what came after the last release';
  return [refused('tags-missing', what, `git fetch --tags ${remote.name}, then the same command again`, why)];
}

/** Who names the version outright means it; a bump of nothing is a mistake, or a job that ran twice. */
function emptyRelease(
  { history: { commits, lastRelease }, tag, version, name }: ReleasedUnit,
  target: string,
  command: string,
): Problem[] {
  if (commits.length > 0 || lastRelease === undefined || parseVersion(target.replace(/^v/, '')) !== undefined)
    return [];
  const what = `there is nothing to release: no commits${name === undefined ? '' : ` in ${name}`} since ${lastRelease.tag}`;
  const meant = name === undefined ? version : `${version} --package ${name}`;
  return [refused('release-empty', what, `commit something, or release ${tag} all the same: ${command} ${meant}`)];
}
