import { EXIT, Problem } from '../core/problem.ts';
import { shellQuote } from '../core/shell-quote.ts';
import { versionOfTag } from '../core/tag-name.ts';
import { isLower } from '../core/version.ts';
import type { HostFacts, RemoteTag } from './facts.ts';
import { releaseStack } from './history.ts';
import type { DeployRequest, Target } from './plan.ts';
import { refusal } from './refusals.ts';
import { highestRelease } from './release-tag.ts';

/** Finds the tag to deploy among those on the host's origin, or says why there is none. */
export function chooseRelease(facts: HostFacts, request: DeployRequest, tagFormat: string): Target | Problem {
  const { remoteTags } = facts;
  if (remoteTags === undefined) return originProblem(facts);
  const tag =
    request.tag ??
    highestRelease(
      tagFormat,
      remoteTags.map((remote) => remote.tag),
    );
  if (tag === undefined) {
    return refusal(
      'no-release',
      `origin of ${facts.host} has no release tag like ${tagFormat}`,
      undefined,
      'tagship release minor',
    );
  }
  const found = remoteTags.find((remote) => remote.tag === tag);
  if (found === undefined) return missingTag(facts, tag, tagFormat, remoteTags);
  return olderThanServing(facts, request, tag, tagFormat) ?? { ...found, source: { from: 'origin' } };
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
  const what = `${host} cannot reach its origin ${withoutPassword(clone.origin)}`;
  return refusal('origin-unreachable', what, withoutPassword(remoteError ?? ''), fix);
}

/**
 * Addresses as they may be shown: every pusher reads along, and a clone may have been made with a password. Over HTTP
 * the user alone may be a token; over SSH the user is part of the address.
 */
function withoutPassword(text: string): string {
  return text.replace(/\b(https?:\/\/)[^\s/]*@/g, '$1').replace(/\b([a-z+]+:\/\/[^\s/:@]*):[^\s/]*@/g, '$1@');
}

function missingTag(facts: HostFacts, tag: string, tagFormat: string, remoteTags: readonly RemoteTag[]): Problem {
  const newest = highestRelease(
    tagFormat,
    remoteTags.map((remote) => remote.tag),
  );
  const why = `${withoutPassword(facts.clone?.origin ?? 'origin')} has ${remoteTags.length} tags${newest === undefined ? '' : `, the highest release is ${newest}`}`;
  return refusal(
    'tag-missing',
    `${tag} is not on the origin of ${facts.host}`,
    why,
    `git push origin refs/tags/${tag}`,
  );
}

function olderThanServing(
  facts: HostFacts,
  request: DeployRequest,
  tag: string,
  tagFormat: string,
): Problem | undefined {
  const serving = releaseStack(facts.history).at(-1)?.tag;
  const [ours, theirs] = [tag, serving ?? ''].map((name) => versionOfTag(tagFormat, name));
  if (!request.notOlder || ours === undefined || theirs === undefined || !isLower(ours, theirs)) return undefined;
  return new Problem({
    code: 'older-release',
    what: `${tag} is older than ${serving}, which ${request.environment} serves`,
    why: 'a pushed tag never takes an environment back by itself',
    fix: `if you mean it: tagship deploy ${request.environment} ${tag}`,
    exit: EXIT.refused,
  });
}
