import { describe, expect, it } from 'vitest';
import { runProblem } from '../../src/cli/run-problem.ts';
import type { EnvironmentConfig } from '../../src/config/schema.ts';
import type { HostFacts } from '../../src/deploy/facts.ts';
import { withGates } from '../../src/deploy/fleet/gates.ts';
import { type DeployRequest, planRun } from '../../src/deploy/plan.ts';
import type { DeployPlan } from '../../src/deploy/plan-shape.ts';
import type { FailedStep } from '../../src/deploy/progress.ts';
import { deployFacts, environmentOf, record, requestFor } from '../support/deploy-facts.ts';

/** The next command after a run that changed nothing because the step failed. */
function next(
  kind: 'deploy' | 'rollback',
  failedStep: string,
  tag = 'v0.2.0',
  { method, ...ended }: Pick<FailedStep, 'endedFromOutside'> & Pick<DeployRequest, 'method'> = {},
): string | undefined {
  const history = [record('v0.0.9', '9'), record('v0.1.0', 'a')];
  const facts = { ...deployFacts(), history, remoteTags: [{ tag, commit: 'b'.repeat(40) }] };
  const request = { ...requestFor(kind), ...(kind === 'deploy' ? { tag } : {}), ...(method && { method }) };
  const plan = planRun(facts, request, environmentOf(), 'v{version}');
  const failed = { id: failedStep, title: failedStep, lines: [], ...ended };
  return runProblem(plan, { outcome: 'failed', failed }, 'production')?.fix;
}

describe('the next command after a run that changed nothing', () => {
  it('is a new release where the release was at fault', () => {
    expect(next('deploy', 'images')).toBe('mend it, release again, then: tagship deploy production');
  });

  it('is the same release again where the host, its origin or its backup was', () => {
    expect(next('deploy', 'fetch')).toBe('mend it, then: tagship deploy production v0.2.0');
    expect(next('deploy', 'backup')).toBe('mend it, then: tagship deploy production v0.2.0');
  });

  it('is either where the two do not fit', () => {
    const fix = 'mend that, then: tagship deploy production v0.2.0   (or the release that mends it)';
    expect(next('deploy', 'preflight')).toBe(fix);
    expect(next('rollback', 'preflight')).toBe('mend that, then: tagship rollback production --to v0.0.9');
  });

  it('is the same again where the host had moved on since the plan was made', () => {
    expect(next('deploy', 'guard')).toBe('tagship deploy production v0.2.0');
    expect(next('rollback', 'guard')).toBe('tagship rollback production --to v0.0.9');
  });

  it('is the same again where somebody ended the run, of which nothing is known to be wrong', () => {
    expect(next('deploy', 'images', 'v0.2.0', { endedFromOutside: true })).toBe('tagship deploy production v0.2.0');
  });

  it('can be pasted, whatever the release is called', () => {
    expect(next('deploy', 'guard', 'v0.2.0-$(reboot)')).toBe("tagship deploy production 'v0.2.0-$(reboot)'");
  });

  it('is never a release after a rollback', () => {
    expect(next('rollback', 'images')).toBe('mend it, then: tagship rollback production --to v0.0.9');
  });

  it('is the rollback with git, too, where what was kept of the release is gone', () => {
    const withGit = /; or, where it was built there: tagship rollback production --to v0\.0\.9 {3}\(builds it again\)$/;
    expect(next('rollback', 'images', 'v0.2.0', { method: 'image' })).toMatch(withGit);
    const again = 'mend that, then: tagship rollback production --to v0.0.9 --method image';
    expect(next('rollback', 'preflight', 'v0.2.0', { method: 'image' })).toBe(again);
  });
});

describe('whoever has to lend a hand', () => {
  const fix = (history: HostFacts['history']) => {
    const plan = planRun({ ...deployFacts(), history }, requestFor('deploy'), environmentOf(), 'v{version}');
    return runProblem(plan, { outcome: 'needs_hands', failed: undefined }, 'production')?.fix;
  };

  it('is told of the ways back, of the one that discards data last', () => {
    expect(fix([{ ...record('v0.1.0'), compose: ['docker-compose.yml'] }])).toMatch(
      /^tagship status production .*; to try the way back once more: tagship rollback production --to v0\.1\.0; .*: tagship rollback production --method backup /,
    );
  });

  it('is sent back to nothing that was never deployed', () => {
    expect(fix([])).not.toContain('--to');
  });
});

describe('whoever stops watching', () => {
  const told = (plan: DeployPlan) => runProblem(plan, { outcome: 'detached', failed: undefined }, 'production')?.why;
  const plan = (environment: Partial<EnvironmentConfig> = {}) =>
    planRun(deployFacts(), requestFor('deploy'), environmentOf(environment), 'v{version}');

  it('is told that the host goes on', () => {
    expect(told(plan())).toMatch(/takes the release back if it does not come up healthy$/);
  });

  it('is told that the release goes back where somebody has to say that it may stay', () => {
    const alone = /takes the release back: nobody is here/;
    expect(told(withGates(plan(), { keep: true, patience: 0 }))).toMatch(alone);
    expect(told(plan({ confirm: { url: 'https://app.example.com/', status: 200, timeout: 60_000 } }))).toMatch(alone);
  });
});
