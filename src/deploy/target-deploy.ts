import type { EnvironmentConfig } from '../config/schema.ts';
import { EXIT, Problem } from '../core/problem.ts';
import { shellJoin, shellQuote } from '../core/shell-quote.ts';
import { tagOf, versionOfTag } from '../core/tag-name.ts';
import { isLower } from '../core/version.ts';
import { commandFor } from './command-for.ts';
import type { HostFacts } from './facts.ts';
import { releaseStack } from './history.ts';
import type { DeployRequest, Target } from './plan.ts';
import { refusal } from './refusals.ts';
import { highestRelease, meantTag } from './release-tag.ts';

/** What of a request decides which release is meant. */
export type Wanted = Pick<DeployRequest, 'kind' | 'environment' | 'tag' | 'isHere' | 'notOlder'>;

/** Finds the tag to deploy among those on the host's origin, or those here that can be sent, or says why there is none. */
export function chooseRelease(
  facts: HostFacts,
  request: Wanted,
  { health, source }: EnvironmentConfig,
  tagFormat: string,
): Target | Problem {
  const { remoteTags } = facts;
  if (remoteTags === undefined) return originProblem(facts);
  const tags = remoteTags.map((remote) => remote.tag);
  const tag = request.tag ?? highestRelease(tagFormat, tags);
  if (tag === undefined) {
    const where = source === 'push' ? 'this repository' : `origin of ${facts.host}`;
    return refusal(
      'no-release',
      `${where} has no release tag like ${tagOf(tagFormat, '1.2.3')}`,
      undefined,
      'tagship release minor',
    );
  }
  const found = remoteTags.find((remote) => remote.tag === tag);
  if (found === undefined) return missingTag(facts, request, tag, tagFormat, tags, source);
  const { commit, object = commit } = found;
  const from = source === 'push' ? ({ from: source, object } as const) : ({ from: source } as const);
  return olderThanServing(facts, request, tag, tagFormat) ?? { tag, commit, source: from, health };
}

function originProblem({ host, clone, remoteError }: HostFacts): Problem {
  if (clone?.origin === undefined) {
    return refusal(
      'no-origin',
      `the clone on ${host} has no remote origin`,
      undefined,
      `on ${host}: git remote add origin URL`,
    );
  }
  const fix = `on ${host}, see what git says: git --git-dir=${shellQuote(clone.gitDir)} ls-remote origin`;
  const what = `${host} cannot reach its origin ${clone.origin}`;
  return refusal('origin-unreachable', what, remoteError, fix);
}

function missingTag(
  { host, clone }: HostFacts,
  { environment, isHere }: Wanted,
  tag: string,
  tagFormat: string,
  tags: readonly string[],
  source: EnvironmentConfig['source'],
): Problem {
  const isSent = source === 'push';
  const nowhere = !isSent && isHere === false;
  const what = isSent
    ? `there is no tag ${tag} in this repository`
    : `${tag} is not on the origin of ${host}${nowhere ? ', nor here' : ''}`;
  const meant = meantTag(tagFormat, tag, tags);
  if (meant !== undefined) {
    return refusal(
      'tag-missing',
      what,
      `did you mean ${meant}?`,
      commandFor({ kind: 'deploy', environment, tag: meant }),
    );
  }
  const newest = highestRelease(tagFormat, tags);
  const highest = newest === undefined ? '' : `, the highest release is ${newest}`;
  const why = `${isSent ? 'it' : (clone?.origin ?? 'origin')} has ${tags.length} ${tags.length === 1 ? 'tag' : 'tags'}${highest}`;
  if (nowhere) return refusal('tag-missing', what, why, insteadOfNothing(environment, newest));
  const fix = isSent ? ['git', 'fetch', '--tags'] : ['git', 'push', 'origin', `refs/tags/${tag}`];
  return refusal('tag-missing', what, why, shellJoin(fix));
}

/** There is nothing to push, or to fetch. */
function insteadOfNothing(environment: string, newest: string | undefined): string {
  const release = 'tagship release minor';
  if (newest === undefined) return release;
  return `${commandFor({ kind: 'deploy', environment, tag: newest })}   (or make the release first: ${release})`;
}

function olderThanServing(facts: HostFacts, request: Wanted, tag: string, tagFormat: string): Problem | undefined {
  // What a run at work leaves behind is known once it is over.
  if (!request.notOlder || facts.locked) return undefined;
  const serving = releaseStack(facts.history).at(-1)?.tag;
  const [ours, theirs] = [tag, serving ?? ''].map((name) => versionOfTag(tagFormat, name));
  if (ours === undefined || theirs === undefined || !isLower(ours, theirs)) return undefined;
  return new Problem({
    code: 'older-release',
    what: `${tag} is older than ${serving}, which ${request.environment} serves`,
    why: 'a pushed tag never takes an environment back by itself',
    fix: `if you mean it: ${commandFor({ ...request, tag })}`,
    exit: EXIT.refused,
  });
}
