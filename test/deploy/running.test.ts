import { describe, expect, it } from 'vitest';
import type { HostFacts } from '../../src/deploy/facts.ts';
import { planRun } from '../../src/deploy/plan.ts';
import type { DeployPlan } from '../../src/deploy/plan-shape.ts';
import type { JournalLine } from '../../src/deploy/run.ts';
import { runningPlan } from '../../src/deploy/running.ts';
import type { Wanted } from '../../src/deploy/target-deploy.ts';
import { deployFacts, environmentOf, record, requestFor } from '../support/deploy-facts.ts';

const FORMAT = 'v{version}';
const environment = environmentOf();

function planOf(kind: 'deploy' | 'rollback', tag: string): DeployPlan {
  const facts = { ...deployFacts(), history: [record('v0.0.9', 'c'), record('v0.1.0')] };
  return planRun(facts, { ...requestFor(kind), tag }, environment, FORMAT);
}

/** A host on which this plan is at work, or was when its runner died. */
function hostWith(plan: DeployPlan, changes: Partial<HostFacts> = {}): HostFacts {
  const { about } = plan.details;
  const opened: JournalLine = { type: 'opened', run: about.run, at: '2026-01-01T00:00:00Z', pid: 1, boot: 'b', about };
  return { ...deployFacts(), locked: true, journal: [opened], openPlan: plan, ...changes };
}

const deployment = planOf('deploy', 'v0.2.0');
const older = planOf('deploy', 'v0.1.0');
const rollback = planOf('rollback', 'v0.0.9');
const ask = (changes: Partial<Wanted>): Wanted => ({ kind: 'deploy', environment: 'production', ...changes });

describe('a run at work is followed by whoever asks for', () => {
  it.each([
    ['its very release', deployment, ask({ tag: 'v0.2.0' }), true],
    ['no release, when it is the highest there is', deployment, ask({}), true],
    ['no release, when it is not the highest: that is another one', older, ask({}), false],
    ['another release: not', deployment, ask({ tag: 'v0.1.0' }), false],
    ['a rollback to it: not', deployment, ask({ kind: 'rollback', tag: 'v0.2.0' }), false],
    ['another environment of the same host: not', deployment, ask({ environment: 'staging' }), false],
    ['the rollback it is', rollback, ask({ kind: 'rollback', tag: 'v0.0.9' }), true],
    ['a rollback to wherever', rollback, ask({ kind: 'rollback' }), true],
    ['a rollback to another release: not', rollback, ask({ kind: 'rollback', tag: 'v0.1.0' }), false],
  ] as const)('%s', (_what, plan, wanted, followed) => {
    expect(runningPlan(hostWith(plan), wanted, environment, FORMAT)).toBe(followed ? plan : undefined);
  });

  it.each([
    ['whose runner died', { locked: false }],
    ['whose plan we cannot read', { openPlan: undefined }],
    ['that began after the one we can read', { openPlan: older }],
  ] as const)('but not one %s', (_what, changes) => {
    expect(runningPlan(hostWith(deployment, changes), ask({ tag: 'v0.2.0' }), environment, FORMAT)).toBeUndefined();
  });
});
