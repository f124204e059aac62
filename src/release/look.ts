import { posix } from 'node:path';
import type { ReleaseConfig } from '../config/schema.ts';
import type { Files, Git, RepositoryLocation } from '../io/ports.ts';
import type { LoggedCommit } from './commits.ts';
import type { Ref, ReleaseFacts, RemoteFacts, TextFile, TreeEntry } from './facts.ts';
import { lookAtRemote } from './look-remote.ts';
import { busyWorktrees } from './look-worktrees.ts';
import { versionOfTag } from './tag-name.ts';
import { isLower } from './version.ts';

/** Reads all that a release is planned from; changes nothing. Independent questions are asked at the same time. */
export async function lookAtRelease(
  git: Git,
  files: Files,
  location: RepositoryLocation,
  config: ReleaseConfig,
): Promise<ReleaseFacts> {
  const { main, develop } = config.branches;
  const [refs, contained, remote, identity, tree] = await Promise.all([
    localRefs(git),
    namesContainedIn(git, `refs/heads/${develop}`, `refs/heads/${main}`),
    lookAtRemote(git, config),
    git.try(['var', 'GIT_COMMITTER_IDENT']),
    listTree(git, develop),
  ]);
  const tagsInDevelop = new Set([...contained].filter((name) => name.startsWith('refs/tags/')));
  const lastRelease = highestRelease(tagsInDevelop, config.tag);
  const [contents, commits, busy] = await Promise.all([
    lookAtFiles(git, tree, config),
    commitsSince(git, lastRelease?.tag, `refs/heads/${develop}`, refs),
    busyWorktrees(files, location, [refs.get(`refs/heads/${main}`), refs.get(`refs/heads/${develop}`)]),
  ]);
  return {
    commonDir: location.commonDir,
    shallow: location.shallow,
    refs,
    tagsInDevelop,
    mainInDevelop: contained.has(`refs/heads/${main}`),
    remote: await withAncestry(git, remote, refs, [main, develop]),
    identity: identity.exitCode === 0 ? identity.stdout.trim() : undefined,
    tree,
    ...contents,
    commits,
    lastRelease,
    busyWorktrees: busy,
  };
}

async function localRefs(git: Git): Promise<ReadonlyMap<string, Ref>> {
  // A NUL before the newline: a worktree's path may hold anything but NUL.
  const format = '%(refname)%00%(objectname)%00%(worktreepath)%00';
  const output = await git.run(['for-each-ref', `--format=${format}`, 'refs/heads', 'refs/tags']);
  const refs = new Map<string, Ref>();
  for (const record of output.split('\0\n')) {
    const [name, id, worktree] = record.split('\0');
    if (name !== undefined && id !== undefined) refs.set(name, { name, id, worktree: worktree || undefined });
  }
  return refs;
}

/** The tags, and `candidate` itself, that the branch contains. Nothing when there is no such branch. */
async function namesContainedIn(git: Git, branch: string, candidate: string): Promise<ReadonlySet<string>> {
  const answer = await git.try(['for-each-ref', '--format=%(refname)', `--merged=${branch}`, candidate, 'refs/tags']);
  return new Set(answer.stdout.split('\n').filter((name) => name !== ''));
}

function highestRelease(tags: ReadonlySet<string>, format: string): ReleaseFacts['lastRelease'] {
  let highest: ReleaseFacts['lastRelease'];
  for (const name of tags) {
    const tag = name.slice('refs/tags/'.length);
    const version = versionOfTag(format, tag);
    if (version !== undefined && (highest === undefined || isLower(highest.version, version)))
      highest = { tag, version };
  }
  return highest;
}

async function listTree(git: Git, branch: string): Promise<readonly TreeEntry[]> {
  const answer = await git.try(['ls-tree', '-r', '-t', '-z', '--full-tree', `refs/heads/${branch}`]);
  return answer.stdout.split('\0').flatMap((record) => {
    const [, mode, type, id, path] = /^(\d{6}) (blob|tree|commit) ([0-9a-f]+)\t(.+)$/s.exec(record) ?? [];
    return mode === undefined || id === undefined || path === undefined
      ? []
      : [{ mode, type: type as TreeEntry['type'], id, path }];
  });
}

async function commitsSince(
  git: Git,
  tag: string | undefined,
  branch: string,
  refs: ReadonlyMap<string, Ref>,
): Promise<readonly LoggedCommit[]> {
  if (!refs.has(branch)) return [];
  const since = tag === undefined ? [] : [`^refs/tags/${tag}`];
  const output = await git.run(['log', '-z', '--no-merges', '--format=%H%n%B', branch, ...since, '--']);
  return output
    .split('\0')
    .filter((record) => record !== '')
    .map((record) => ({
      hash: record.slice(0, record.indexOf('\n')),
      message: record.slice(record.indexOf('\n') + 1),
    }));
}

/** pubspec.yaml files and the changelog, read in one go; a second only when the changelog is a symbolic link. */
async function lookAtFiles(
  git: Git,
  tree: readonly TreeEntry[],
  config: ReleaseConfig,
): Promise<Pick<ReleaseFacts, 'pubspecs' | 'pubspecsOnMain' | 'changelog'>> {
  const pubspecEntries = tree.filter(({ type, path }) => type === 'blob' && isPubspec(path, config.pubspec));
  const changelogEntry = tree.find(({ type, path }) => type === 'blob' && path === config.changelog);
  const names = [
    ...pubspecEntries.map(({ id }) => id),
    ...pubspecEntries.map(({ path }) => `refs/heads/${config.branches.main}:${path}`),
    ...(changelogEntry === undefined ? [] : [changelogEntry.id]),
  ];
  const contents = await git.readObjects(names);
  const count = pubspecEntries.length;
  const pair = (offset: number): TextFile[] =>
    pubspecEntries.flatMap(({ path }, index) => {
      const bytes = contents[offset + index];
      return bytes === undefined ? [] : [{ path, bytes }];
    });
  return {
    pubspecs: pair(0),
    pubspecsOnMain: pair(count),
    changelog: await followLink(git, tree, config.changelog, changelogEntry, contents[2 * count]),
  };
}

/** Flutter keeps generated copies of plugins' pubspecs in folders of its own; those are nobody's version. */
function isPubspec(path: string, configured: string | undefined): boolean {
  if (configured !== undefined) return path === configured;
  return posix.basename(path) === 'pubspec.yaml' && !path.split('/').some((part) => part.startsWith('.'));
}

async function followLink(
  git: Git,
  tree: readonly TreeEntry[],
  path: ReleaseConfig['changelog'],
  entry: TreeEntry | undefined,
  bytes: Buffer | undefined,
): Promise<ReleaseFacts['changelog']> {
  if (path === false) return undefined;
  if (entry?.mode !== '120000' || bytes === undefined) return { path, bytes };
  const target = posix.normalize(posix.join(posix.dirname(path), bytes.toString('utf8')));
  const targetEntry = tree.find((candidate) => candidate.type === 'blob' && candidate.path === target);
  if (targetEntry === undefined) return { path: target, bytes: undefined };
  const [content] = await git.readObjects([targetEntry.id]);
  return { path: target, bytes: content };
}

/** Asks git about ancestry only where local and remote differ; after a fetch or a push they do not. */
async function withAncestry(
  git: Git,
  remote: RemoteFacts,
  refs: ReadonlyMap<string, Ref>,
  branches: readonly string[],
): Promise<RemoteFacts> {
  const ahead = new Set<string>();
  for (const branch of branches) {
    const local = refs.get(`refs/heads/${branch}`)?.id;
    const published = remote.refs.get(`refs/heads/${branch}`);
    if (local === undefined || published === undefined || local === published) continue;
    // Status 1: not an ancestor; 128: the commit is not even here.
    const answer = await git.try(['merge-base', '--is-ancestor', published, local]);
    if (answer.exitCode !== 0) ahead.add(branch);
  }
  return { ...remote, ahead };
}
