import type { EnvironmentConfig } from '../config/schema.ts';
import { Problem } from '../core/problem.ts';
import type { HostFacts } from './facts.ts';
import { openRun } from './history.ts';
import type { DeployPlan } from './plan-shape.ts';
import { chooseRelease, type Wanted } from './target-deploy.ts';

/**
 * The run that is at work on a host, when it is the very thing that was asked for: the same kind, environment and release.
 * Whoever asks again, or on another machine, follows it instead of being refused. Pure.
 */
export function runningPlan(
  facts: HostFacts,
  request: Wanted,
  environment: EnvironmentConfig,
  tagFormat: string,
): DeployPlan | undefined {
  const run = openRun(facts);
  const plan = facts.openPlan;
  if (run?.state !== 'running' || plan === undefined || plan.id !== run.about.run) return undefined;
  if (plan.kind !== request.kind || run.about.environment !== request.environment) return undefined;
  if (request.tag !== undefined) return request.tag === run.about.tag ? plan : undefined;
  // Without a tag a rollback means whichever is at work, and a deployment the highest release.
  if (request.kind === 'rollback') return plan;
  const target = chooseRelease(facts, request, environment, tagFormat);
  return target instanceof Problem || target.tag !== run.about.tag ? undefined : plan;
}
