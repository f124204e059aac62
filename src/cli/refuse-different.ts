import { EXIT, Problem } from '../core/problem.ts';
import { shellJoin } from '../core/shell-quote.ts';
import { commandFor } from '../deploy/command-for.ts';
import type { HostFacts } from '../deploy/facts.ts';
import { deployedReleases } from '../deploy/history.ts';
import type { DeployPlan } from '../deploy/plan-shape.ts';
import type { RunAbout } from '../deploy/run.ts';

/** What a host could be told to take: a release of its origin, or one that has served there, the latest first. */
export function tagsToTake({ remoteTags, history }: HostFacts, kind: RunAbout['kind']): readonly string[] {
  const releases = kind === 'deploy' ? (remoteTags ?? []) : deployedReleases(history);
  return releases.map(({ tag }) => tag);
}

/** Hosts that were not told which release to take may each choose another. */
export function refuseDifferent(
  planned: readonly { readonly plan: DeployPlan; readonly tags: readonly string[] }[],
): void {
  const abouts = planned.map(({ plan }) => plan.details.about);
  const [first] = abouts;
  const chosen = [...new Set(abouts.map(({ tag }) => tag))];
  if (first === undefined || chosen.length <= 1) return;
  const { environment, kind } = first;
  const present = abouts.map(({ previous }) => previous.tag);
  const others = kind === 'deploy' ? [] : (planned[0]?.tags ?? []).filter((tag) => !present.includes(tag));
  const common = [...chosen, ...others].find((tag) => planned.every(({ tags }) => tags.includes(tag)));
  throw new Problem({
    code: 'releases-differ',
    what: `the hosts of ${environment} would not all get the same release`,
    why: planned.map(({ plan }) => `${plan.details.host}: ${plan.details.about.tag}`).join('\n'),
    fix:
      common === undefined
        ? shellJoin(['tagship', 'history', environment])
        : commandFor({ kind, environment, method: first.method, tag: common }),
    exit: EXIT.refused,
  });
}
