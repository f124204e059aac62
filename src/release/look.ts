import type { ReleaseConfig } from '../config/schema.ts';
import type { Files, Git, GitResult, RepositoryLocation } from '../io/ports.ts';
import { branchNames, openReleaseBranches } from './branches.ts';
import { caughtUp } from './catch-up.ts';
import type { Ref, ReleaseFacts } from './facts.ts';
import { lookAtAuthor } from './look-author.ts';
import { lookAtFiles } from './look-files.ts';
import { lookAtHistory } from './look-history.ts';
import { lookAtOwnHistories } from './look-own-histories.ts';
import { lookAtPushPlace, lookAtRemote } from './look-remote.ts';
import { askSettings, readSettings } from './look-settings.ts';
import { busyWorktrees, uncommittedFiles } from './look-worktrees.ts';
import { listTree } from './tree.ts';
import type { GitIn } from './worktrees.ts';

export interface LookPorts {
  readonly git: Git;
  readonly gitIn: GitIn;
  readonly files: Files;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface LookRequest {
  /** Full name of the branch the release is made from. */
  readonly line: string;
  /** False when nothing will be pushed: then what the remote has does not matter. */
  readonly askRemote: boolean;
  readonly preRelease: boolean;
}

/** What is asked of git before it is known how the project is configured. */
export interface FirstAnswers {
  readonly refs: Promise<ReadonlyMap<string, Ref>>;
  readonly settings: Promise<string>;
  readonly identity: Promise<GitResult>;
}

/** Asks at once. Whoever goes another way need not wait for the answers, or for their failures. */
export function askFirst(git: Git): FirstAnswers {
  const first = {
    refs: localRefs(git),
    settings: askSettings(git),
    identity: git.try(['var', 'GIT_COMMITTER_IDENT']),
  };
  for (const answer of Object.values(first)) answer.catch(() => {});
  return first;
}

/**
 * Reads all that a release is planned from; changes nothing. Independent questions are asked at the same time.
 * @param first what was asked already
 */
export async function lookAtRelease(
  { git, gitIn, files, environment }: LookPorts,
  location: RepositoryLocation,
  config: ReleaseConfig,
  { line, askRemote, preRelease }: LookRequest,
  first: FirstAnswers,
): Promise<ReleaseFacts> {
  const names = branchNames(config);
  const asked = askRemote ? lookAtRemote(git, config.remote) : undefined;
  const [refs, listed, identity] = await Promise.all([first.refs, first.settings, first.identity]);
  const settings = readSettings(listed, config.remote);
  const own = line !== names.develop;
  const elsewhere = [names.main, names.develop, ...openReleaseBranches(refs, config).map(({ name }) => name)];
  const moving = [...new Set([...elsewhere, line])];
  const place = lookAtPushPlace(git, config.remote, settings, asked);
  const lookIn = (taken: ReadonlyMap<string, Ref>) =>
    lookAtContents({ git, environment }, config, { line, preRelease, elsewhere }, taken);
  // Nearly always the remote's answer, which comes last, changes nothing about it.
  const early = lookIn(refs);
  early.catch(() => {});
  const caught = place.then(({ refs: published }) => caughtUp(git, refs, published, moving, own ? line : undefined));
  const [remote, { refs: taken, ahead }, contents, busy, uncommitted, author] = await Promise.all([
    place,
    caught,
    caught.then((found) => (found.refs === refs ? early : lookIn(found.refs))),
    busyWorktrees(
      files,
      location,
      moving.map((name) => refs.get(name)),
    ),
    own ? uncommittedFiles(gitIn, refs.get(line)) : [],
    lookAtAuthor(git, settings, environment),
  ]);
  return {
    shallow: location.shallow,
    refs: taken,
    line,
    remote: { ...remote, ahead },
    signing: settings.signing,
    identity: identity.exitCode === 0 ? identity.stdout.trim() : undefined,
    author,
    ...contents,
    busyWorktrees: busy,
    uncommittedOnLine: uncommitted,
  };
}

/** What the branches hold, and how they came to it. */
async function lookAtContents(
  { git, environment }: Pick<LookPorts, 'git' | 'environment'>,
  config: ReleaseConfig,
  request: Pick<LookRequest, 'line' | 'preRelease'> & { readonly elsewhere: readonly string[] },
  refs: ReadonlyMap<string, Ref>,
) {
  const { line, preRelease, elsewhere } = request;
  const { main } = branchNames(config);
  const others = elsewhere.flatMap((name) => (name === line ? [] : (refs.get(name) ?? [])));
  const looked = lookAtTree(git, refs.get(line)?.commit, config, others);
  const [{ changelogs, ...contents }, history, chosenBuild] = await Promise.all([
    looked,
    config.packages?.mode === 'independent'
      ? looked.then((found) => lookAtOwnHistories(git, refs, { line, main, preRelease }, config, found, found.tree))
      : lookAtHistory(git, refs, line, main, config.tag, preRelease),
    buildFromSource(git, config, environment, refs.get(line)?.commit ?? line),
  ]);
  return { ...contents, ...history, chosenBuild };
}

export async function localRefs(git: Git): Promise<ReadonlyMap<string, Ref>> {
  // A NUL before the newline: a worktree's path may hold anything but NUL.
  const format = '%(refname)%00%(objectname)%00%(*objectname)%00%(worktreepath)%00';
  const output = await git.run(['for-each-ref', `--format=${format}`, 'refs/heads', 'refs/tags']);
  const refs = new Map<string, Ref>();
  for (const record of output.split('\0\n')) {
    const [name, id, peeled, worktree] = record.split('\0');
    if (name === undefined || id === undefined) continue;
    refs.set(name, { name, id, commit: peeled || id, worktree: worktree || undefined });
  }
  return refs;
}

async function lookAtTree(git: Git, commit: string | undefined, config: ReleaseConfig, elsewhere: readonly Ref[]) {
  const tree = commit === undefined ? [] : await listTree(git, commit);
  return { tree, ...(await lookAtFiles(git, tree, config, elsewhere)) };
}

/** The build number where something else than counting on decides it. */
async function buildFromSource(
  git: Git,
  { build }: ReleaseConfig,
  environment: LookPorts['environment'],
  commit: string,
): Promise<string | undefined> {
  if (build === 'increment') return undefined;
  if (build.startsWith('env:')) return environment[build.slice('env:'.length)] ?? '';
  // The version commit counts too, so that the released commit's own count is its number.
  const count = await git.try(['rev-list', '--count', commit]);
  return count.exitCode === 0 ? String(Number(count.stdout) + 1) : undefined;
}
