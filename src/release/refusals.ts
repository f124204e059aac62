import type { ReleaseConfig } from '../config/schema.ts';
import { EXIT, Problem } from '../core/problem.ts';
import type { ReleaseFacts } from './facts.ts';

const refused = (code: string, what: string, fix: string, why?: string) =>
  new Problem({ code, what, fix, exit: EXIT.refused, ...(why === undefined ? {} : { why }) });

/** Why this repository cannot be released from right now, all reasons at once. */
export function repositoryRefusals(facts: ReleaseFacts, config: ReleaseConfig, push: boolean): readonly Problem[] {
  return [
    ...historyRefusals(facts, config),
    ...worktreeRefusals(facts),
    ...(push ? remoteRefusals(facts, config) : []),
  ];
}

function historyRefusals(facts: ReleaseFacts, { branches: { main, develop }, remote }: ReleaseConfig): Problem[] {
  const problems: Problem[] = [];
  if (facts.shallow) {
    problems.push(
      refused(
        'shallow-clone',
        'this clone is shallow',
        `git fetch --unshallow ${remote}`,
        'merges and the changelog need the whole history',
      ),
    );
  }
  if (facts.identity === undefined) {
    problems.push(
      refused('no-identity', 'git does not know who you are', 'git config user.name … and git config user.email …'),
    );
  }
  for (const branch of [main, develop]) {
    if (facts.refs.has(`refs/heads/${branch}`)) continue;
    const published = facts.remote.refs.has(`refs/heads/${branch}`);
    const fix = published
      ? `git fetch ${remote} && git branch ${branch} ${remote}/${branch}`
      : branch === develop
        ? `git branch ${develop} ${main} && git push -u ${remote} ${develop}`
        : `git branch ${main} <first release's commit>, or name your branch in tagship.yaml: release: { branches: { main: … } }`;
    problems.push(refused('branch-missing', `there is no local branch ${branch}`, fix));
  }
  return problems;
}

function worktreeRefusals(facts: ReleaseFacts): Problem[] {
  return facts.busyWorktrees.map(({ path, operation }) =>
    refused(
      'operation-in-progress',
      `a ${operation} is in progress in ${path}`,
      `finish it, or: git -C ${path} ${operation === 'bisect' ? 'bisect reset' : `${operation} --abort`}`,
      'that worktree has a branch checked out which the release moves',
    ),
  );
}

function remoteRefusals({ remote }: ReleaseFacts, { branches: { main, develop } }: ReleaseConfig): Problem[] {
  if (remote.url === undefined) {
    return [
      refused(
        'no-remote',
        `there is no remote ${remote.name}`,
        `git remote add ${remote.name} <url>, or release with --no-push`,
      ),
    ];
  }
  if (remote.unreachable !== undefined) {
    const fix = 'check the connection and run again, or release with --no-push';
    return [refused('remote-unreachable', `${remote.name} cannot be read`, fix, remote.unreachable)];
  }
  return [main, develop]
    .filter((branch) => remote.ahead.has(branch))
    .map((branch) =>
      refused(
        'branch-behind',
        `${branch} lacks commits that ${remote.name}/${branch} has`,
        `git fetch ${remote.name} ${branch}:${branch} (git pull where it is checked out; git merge when they diverged)`,
        'a release must contain what others already published',
      ),
    );
}

/** Why this version cannot be the next one. */
export function versionRefusals(
  facts: ReleaseFacts,
  { tag, version, lastVersion }: { tag: string; version: string; lastVersion: string | undefined },
): readonly Problem[] {
  const problems: Problem[] = [];
  if (facts.refs.has(`refs/tags/${tag}`)) {
    problems.push(refused('tag-exists', `the tag ${tag} exists already`, 'tagship release patch (or another version)'));
  } else if (facts.remote.refs.has(`refs/tags/${tag}`)) {
    const fix = `git fetch ${facts.remote.name} tag ${tag}, then release another version`;
    problems.push(refused('tag-exists-remote', `${facts.remote.name} has a tag ${tag} already`, fix));
  }
  if (lastVersion !== undefined) {
    problems.push(
      refused(
        'version-not-higher',
        `${version} is not higher than ${lastVersion}`,
        'tagship release patch (or a higher version)',
      ),
    );
  }
  return problems;
}
