import type { EnvironmentConfig } from '../config/schema.ts';
import type { Problem } from '../core/problem.ts';
import { commandFor } from './command-for.ts';
import type { HostFacts } from './facts.ts';
import { deployedReleases, healthOf, releaseStack, unsettledRun } from './history.ts';
import type { DeployRequest, Target } from './plan.ts';
import { refusal } from './refusals.ts';
import { meantTag } from './release-tag.ts';

/** Finds the release to go back to among those that proved healthy on this host, or says which there are. */
export function chooseRollback(
  facts: HostFacts,
  request: DeployRequest,
  environment: EnvironmentConfig,
  tagFormat: string,
): Target | Problem {
  const candidates = deployedReleases(facts.history);
  const tag = request.tag ?? previousTag(facts);
  const found = candidates.find((release) => release.tag === tag);
  if (found !== undefined) {
    const { commit, images, compose } = found;
    const isKept = facts.units.some((unit) => unit.tag === found.tag);
    if (request.method === 'image' && !isKept && images.length === 0) {
      return refusal(
        'not-kept',
        `what belongs to ${found.tag} was not kept on ${facts.host}, so it cannot come back without git`,
        'it was deployed by an older tagship, or pruned',
        commandFor({ kind: 'rollback', environment: request.environment, tag: found.tag }),
      );
    }
    const source = { from: 'history', images, isKept } as const;
    return { tag: found.tag, commit, source, compose, health: healthOf(found, environment.health) };
  }
  const serving = releaseStack(facts.history).at(-1)?.tag;
  const others = candidates.filter((release) => release.tag !== serving);
  const what =
    tag === undefined
      ? `there is no release before ${serving ?? 'the present state'} to go back to on ${facts.host}`
      : `${tag} was never deployed successfully on ${facts.host}`;
  if (others.length === 0) {
    return refusal(
      'nothing-to-roll-back-to',
      what,
      'no other release is in its history',
      `tagship history ${request.environment}`,
    );
  }
  const meant =
    tag === undefined
      ? undefined
      : meantTag(
          tagFormat,
          tag,
          others.map((release) => release.tag),
        );
  const list = others.map((release) => `${release.tag}, deployed ${release.since} by ${release.who}`).join('\n');
  const why = meant === undefined ? `these were:\n${list}` : `did you mean ${meant}?`;
  const to = meant ?? others[0]?.tag ?? '';
  return refusal('never-deployed', what, why, commandFor({ ...request, tag: to, backup: undefined }));
}

/**
 * The release under the present one. The present one itself when it is not what is there: after a run that was
 * interrupted, wherever it had come to, or when something else is checked out.
 */
export function previousTag(facts: HostFacts): string | undefined {
  const stack = releaseStack(facts.history);
  const present = stack.at(-1);
  const head = facts.clone?.head;
  const isElsewhere = unsettledRun(facts) !== undefined || (head !== undefined && present?.checkout !== head);
  return present !== undefined && isElsewhere ? present.tag : stack.at(-2)?.tag;
}
