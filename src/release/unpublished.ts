import type { ReleaseConfig } from '../config/schema.ts';
import type { Plan } from '../core/plan.ts';
import { EXIT, Problem, refuseIfAny } from '../core/problem.ts';
import { shellJoin } from '../core/shell-quote.ts';
import { readTag } from '../core/tag-name.ts';
import { isLower } from '../core/version.ts';
import { withoutPassword } from '../core/without-password.ts';
import type { Git } from '../io/ports.ts';
import { branchNames, quotedName, shortName } from './branches.ts';
import type { Ref } from './facts.ts';
import { localRefs } from './look.ts';
import { lookAtRemote, type PublishedRefs } from './look-remote.ts';
import { lookAtSettings } from './look-settings.ts';
import type { RefTip } from './plan-types.ts';
import { rejectedRefs } from './push-rejected.ts';
import { lookAtPushTarget } from './push-target.ts';
import { MERGE_BACK } from './refs.ts';
import { mirrorRefusal } from './refusals.ts';

/** What releases that were made with `--no-push` are published from. */
export interface UnpublishedFacts {
  readonly refs: ReadonlyMap<string, Ref>;
  readonly published: PublishedRefs;
  /** Every address that a push goes to, without passwords. */
  readonly pushUrls: readonly string[];
  /** Whether git pushes there as to a mirror, which takes no branches that are named. */
  readonly mirror: boolean;
  /** Branches (full names) whose published tip is not contained in the local one. */
  readonly ahead: ReadonlySet<string>;
}

export async function lookAtUnpublished(git: Git, config: ReleaseConfig): Promise<UnpublishedFacts> {
  const [refs, settings] = await Promise.all([localRefs(git), lookAtSettings(git, config.remote)]);
  const target = await lookAtPushTarget(git, config.remote, settings);
  const published = await lookAtRemote(git, target.ask);
  const { main, develop } = branchNames(config);
  const ahead = new Set<string>();
  for (const name of [main, develop]) {
    const [local, remote] = [refs.get(name)?.id, published.refs.get(name)];
    if (local !== undefined && remote !== undefined && local !== remote && !(await git.isAncestor(remote, local)))
      ahead.add(name);
  }
  return { refs, published, pushUrls: target.urls.map(withoutPassword), mirror: settings.mirror, ahead };
}

export interface PublishDetails {
  readonly remote: string;
  /** Exactly what is pushed, in one atomic push. */
  readonly refs: readonly RefTip[];
}

export type PublishPlan = Plan<'release-publish', PublishDetails>;

/**
 * Plans the push of the releases that are on this machine alone: main, develop, every release tag above the highest
 * published one, and what of these waits to be merged back.
 * @throws Problem, Refusals
 */
export function planPublish(facts: UnpublishedFacts, config: ReleaseConfig, now: Date): PublishPlan {
  refuseIfAny(refusals(facts, config));
  const { refs, published } = facts;
  const tags = unpublishedTags(facts, config);
  const { main, develop } = branchNames(config);
  const branches = [main, develop].flatMap((name) => refs.get(name) ?? []);
  const waiting = tags.flatMap(({ name }) => refs.get(`${MERGE_BACK}${shortName(name)}`) ?? []);
  const moving = [...branches.filter(({ name, id }) => published.refs.get(name) !== id), ...waiting, ...tags];
  const names = tags.map(({ name }) => shortName(name)).join(', ');
  const title = `Push ${moving.map(({ name }) => shortName(name)).join(', ')} to ${config.remote}, all or nothing`;
  return {
    schema: 1,
    kind: 'release-publish',
    id: `publish-${Math.floor(now.getTime() / 1000)}`,
    title: `Publish ${names}`,
    createdAt: now.toISOString(),
    steps: [{ id: 'push', title, details: facts.pushUrls }],
    warnings: [],
    details: { remote: config.remote, refs: moving.map(({ name, id }) => ({ name, id })) },
  };
}

const AGAIN = 'tagship release publish';

function refusals(facts: UnpublishedFacts, config: ReleaseConfig): readonly Problem[] {
  const { remote } = config;
  const refuse = (code: string, what: string, fix: string, why?: string) =>
    new Problem({ code, what, fix, exit: EXIT.refused, ...(why === undefined ? {} : { why }) });
  if (facts.pushUrls.length === 0) {
    return [refuse('no-remote', `there is no remote ${remote}`, `git remote add ${remote} <url>, then: ${AGAIN}`)];
  }
  if (facts.mirror) return [mirrorRefusal(remote)];
  if (facts.pushUrls.length !== 1) {
    const fix = `git remote -v, and have ${remote} push to one place`;
    return [refuse('no-remote', `${remote} does not push to one place`, fix)];
  }
  const { unreachable } = facts.published;
  if (unreachable !== undefined) {
    const fix = `check the connection, then: ${AGAIN}`;
    return [refuse('remote-unreachable', `${remote} cannot be read`, fix, unreachable)];
  }
  const behind = [...facts.ahead].map((name) => {
    const fix = `git fetch ${remote} ${quotedName(name)}, git merge FETCH_HEAD on it, then: tagship release publish`;
    return refuse('branch-behind', `${shortName(name)} lacks commits that ${remote} has`, fix);
  });
  if (behind.length > 0 || unpublishedTags(facts, config).length > 0) return behind;
  const overtaken = [...facts.refs.keys()].filter((name) => releaseOf(name, config) && !facts.published.refs.has(name));
  if (overtaken.length === 0) {
    return [
      refuse('nothing-unpublished', `every release here is on ${remote}`, 'tagship release minor (or patch, major)'),
    ];
  }
  const names = overtaken.map(shortName).join(', ');
  const what = `${names} ${overtaken.length === 1 ? 'is' : 'are'} not on ${remote}, and a higher release is`;
  return [refuse('release-overtaken', what, pushCommand(remote, overtaken))];
}

/** Release tags above the highest published one: of their own package, where packages have each their own. */
export function unpublishedTags(
  { refs, published }: Pick<UnpublishedFacts, 'refs' | 'published'>,
  config: ReleaseConfig,
): readonly Ref[] {
  // Asked of every release: hundreds of tags that are there already are not read.
  const here = [...refs.values()].flatMap((tag) => {
    const own = published.refs.has(tag.name) ? undefined : releaseOf(tag.name, config);
    return own === undefined ? [] : [{ tag, own }];
  });
  if (here.length === 0) return [];
  const there = [...published.refs.keys()].flatMap((name) => releaseOf(name, config) ?? []);
  return here
    .filter(({ own }) => there.every(({ name, version }) => name !== own.name || isLower(version, own.version)))
    .map(({ tag }) => tag);
}

/** What sends releases that a higher one has overtaken. @param tags full names */
export function pushCommand(remote: string, tags: readonly string[]): string {
  return shellJoin(['git', 'push', remote, ...tags]);
}

/** Which of these releases a publish passes over once the tags of a higher one, `going`, are out. Full names. */
export function overtakenTags(
  facts: Pick<UnpublishedFacts, 'refs' | 'published'>,
  config: ReleaseConfig,
  going: readonly string[],
): readonly string[] {
  const higher = going.flatMap((tag) => readTag(config.tag, tag) ?? []);
  return unpublishedTags(facts, config).flatMap((tag) => {
    const own = releaseOf(tag.name, config);
    const isOvertaken = higher.some(
      ({ name, version }) => own !== undefined && name === own.name && isLower(own.version, version),
    );
    return isOvertaken ? [tag.name] : [];
  });
}

function releaseOf(ref: string, { tag: format }: ReleaseConfig) {
  return ref.startsWith('refs/tags/') ? readTag(format, shortName(ref)) : undefined;
}

/**
 * Pushes it, all or nothing. After a push whose end was not seen the same command finds out what is left to do.
 * @throws Problem `publish-rejected`
 */
export async function actPublish(
  git: Git,
  { details: { remote, refs } }: PublishPlan,
  onLine: (line: string) => void,
): Promise<void> {
  const refspecs = refs.map(({ name, id }) => `${id}:${name}`);
  const push = ['push', '--atomic', '--porcelain', '--no-follow-tags', '--', remote, ...refspecs];
  const answer = await git.try(push, { onLine: (line) => onLine(line.trimEnd()) });
  if (answer.exitCode === 0) return;
  const rejected = rejectedRefs(answer.stdout).map(({ ref, summary }) => `${shortName(ref)} ${summary}`);
  throw new Problem({
    code: 'publish-rejected',
    what:
      rejected.length > 0 ? `${remote} did not take it; nothing was published` : `the push to ${remote} was cut off`,
    why: [...rejected, answer.stderr.trim()].join('\n'),
    fix: 'mend the cause, then: tagship release publish',
    exit: EXIT.resumable,
  });
}
