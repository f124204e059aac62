import type { Config } from '../../config/schema.ts';
import { readTag } from '../../core/tag-name.ts';
import type { Git } from '../../io/ports.ts';
import { directCommits } from './direct-commits.ts';
import { type BranchMove, type JudgedRef, type PolicyRules, ruleFor, type TagTarget } from './policy.ts';
import type { PushedRef } from './pushed-ref.ts';
import type { ReleaseLine } from './release-line.ts';

export interface LookPorts {
  readonly git: Git;
  /** What a release tag at a commit stands for: the version of the package it names, or of all that are released. */
  readonly versionsAt: (commit: string, config: Config, name: string | undefined) => Promise<TagTarget['versions']>;
}

/** What the refs of the remote hold, by their full names. */
type Tips = ReadonlyMap<string, string>;

/** Tells whether a branch's move is a release's. */
export type IsReleased = (ref: PushedRef, config: Config) => Promise<boolean>;

export function policyRules({ release, checks }: Config): PolicyRules {
  return {
    main: `refs/heads/${release.branches.main}`,
    develop: `refs/heads/${release.branches.develop}`,
    remote: release.remote,
    policy: checks.policy,
    releaseOf: (ref) =>
      ref.startsWith('refs/tags/') ? readTag(release.tag, ref.slice('refs/tags/'.length)) : undefined,
  };
}

export interface LookRequest {
  readonly refs: readonly PushedRef[];
  /** The configuration a ref is judged by. */
  readonly configOf: (ref: PushedRef) => Config;
  /** Of the remote, before the push. */
  readonly tips: Tips;
  readonly isReleased: IsReleased;
  /** The remote that is released to; undefined on a server, which is that itself. */
  readonly lineOf?: (config: Config) => Promise<ReleaseLine>;
  /** The remote that is pushed to; undefined on a server. */
  readonly to?: string;
}

/** Reads what the policy asks about each ref, and nothing about the others. */
export async function lookAtPush(
  ports: LookPorts,
  { refs, configOf, tips, isReleased, lineOf, to }: LookRequest,
): Promise<readonly JudgedRef[]> {
  const pushed = refs.flatMap(({ remoteRef, localId }) =>
    localId === undefined ? [] : [[remoteRef, localId] as const],
  );
  const after: Tips = new Map([...tips, ...pushed]);
  const judged: JudgedRef[] = [];
  for (const ref of refs) {
    const config = configOf(ref);
    const rules = policyRules(config);
    const rule = ruleFor(ref, rules);
    const { localId } = ref;
    if (rule === undefined || localId === undefined) {
      judged.push({ ref, rules });
      continue;
    }
    const line = await lineOf?.(config);
    if (rule === 'tag') judged.push({ ref, rules, tag: await lookAtTag(ports, ref, localId, config, { after, line }) });
    else {
      const released = (await isReleased(ref, config)) || (await wasReleased(ports.git, ref, line));
      const branch = await lookAtBranch(ports.git, ref, released);
      judged.push({ ref, rules, to, elsewhere: line?.elsewhere, branch });
    }
  }
  return judged;
}

/** Whether the push brings to another remote nothing but what the branch has where it is released to. */
async function wasReleased(git: Git, { localId, remoteRef }: PushedRef, line: ReleaseLine | undefined) {
  const tip = line?.elsewhere ? line.tips.get(remoteRef) : undefined;
  return tip !== undefined && localId !== undefined && (await git.isAncestor(localId, tip));
}

async function lookAtBranch(git: Git, { localId, remoteId }: PushedRef, released: boolean): Promise<BranchMove> {
  if (localId === undefined || remoteId === undefined) return { released, forward: true, direct: [] };
  const known = (await git.try(['cat-file', '-e', `${remoteId}^{commit}`])).exitCode === 0;
  if (!known) return { released, forward: undefined, direct: [] };
  const forward = await git.isAncestor(remoteId, localId);
  return { released, forward, direct: forward ? await directCommits(git, remoteId, localId, []) : [] };
}

async function lookAtTag(
  { git, versionsAt }: LookPorts,
  { remoteRef }: PushedRef,
  id: string,
  config: Config,
  { after, line }: { readonly after: Tips; readonly line: ReleaseLine | undefined },
): Promise<TagTarget> {
  const { main, releaseOf } = policyRules(config);
  const commit = await peel(git, id);
  if (commit === undefined)
    return { annotated: false, commit: id, onLine: false, lineKnown: true, onLineHere: false, versions: [] };
  const release = releaseOf(remoteRef);
  const preRelease = release?.version.includes('-') === true;
  const known = line === undefined ? [after] : [after, line.tips];
  const lines = known.flatMap((tips) => (preRelease ? preReleaseLines(config, tips) : [tips.get(main)]));
  const there = new Set(lines.filter((tip) => tip !== undefined));
  let onLine = false;
  for (const tip of there) onLine ||= await git.isAncestor(commit, tip);
  const lineKnown = line === undefined || there.size > 0;
  const onLineHere = !onLine && line !== undefined && (await isOnLineHere(git, commit, config, preRelease));
  const annotated = (await git.try(['cat-file', '-t', id])).stdout.trim() === 'tag';
  const versions = await versionsAt(commit, config, release?.name);
  return { annotated, commit, onLine, lineKnown, onLineHere, versions };
}

/** Whether a branch of this repository has the commit that a release of its kind is made on. */
async function isOnLineHere(git: Git, commit: string, config: Config, preRelease: boolean): Promise<boolean> {
  const { main, develop } = policyRules(config);
  const lines = preRelease ? [main, develop, `refs/heads/${config.release.branches.release}*`] : [main];
  return (await git.run(['for-each-ref', '--count=1', '--contains', commit, ...lines])) !== '';
}

/** Tips of the branches that a pre-release may be made on. */
function preReleaseLines(config: Config, tips: Tips): readonly (string | undefined)[] {
  const { main, develop } = policyRules(config);
  const prefix = `refs/heads/${config.release.branches.release}`;
  const open = [...tips.keys()].filter((ref) => ref.startsWith(prefix));
  return [main, develop, ...open].map((ref) => tips.get(ref));
}

/** The commit that an object leads to; undefined for one that leads to none. */
async function peel(git: Git, id: string): Promise<string | undefined> {
  const answer = await git.try(['rev-parse', '--verify', '--quiet', `${id}^{commit}`]);
  return answer.exitCode === 0 ? answer.stdout.trim() : undefined;
}

/** The same for many, in one process. */
export async function peelAll(git: Git, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const input = ids.map((id) => `${id}^{commit}\n`).join('');
  const answers = (await git.run(['cat-file', '--batch-check=%(objectname) %(objecttype)'], { input })).split('\n');
  const commits = ids.flatMap((id, index): [string, string][] => {
    const [commit, type] = answers[index]?.split(' ') ?? [];
    return commit !== undefined && type === 'commit' ? [[id, commit]] : [];
  });
  return new Map(commits);
}
