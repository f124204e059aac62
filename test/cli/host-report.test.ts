import { describe, expect, it } from 'vitest';
import { exitOfAll, type HostReport, outcomeOfAll, renderReports, reportOf } from '../../src/cli/host-report.ts';
import { runProblem } from '../../src/cli/run-problem.ts';
import { worstExit } from '../../src/cli/worst-exit.ts';
import { planRun } from '../../src/deploy/plan.ts';
import { deployFacts, environmentOf, requestFor } from '../support/deploy-facts.ts';

const plan = planRun(deployFacts(), requestFor('deploy'), environmentOf(), 'v{version}');

function report(outcome: HostReport['outcome']): HostReport {
  const exit =
    outcome === 'not-started' || outcome === 'bug'
      ? 3
      : (runProblem(plan, { outcome, failed: undefined }, 'production')?.exit ?? 0);
  return reportOf(plan, { outcome, exit, problem: undefined });
}

describe('the exit status of several hosts', () => {
  it.each([
    [['succeeded', 'succeeded'], 0],
    [['failed', 'not-started'], 3],
    [['rolled_back', 'not-started'], 5],
    [['locked', 'not-started'], 7],
    [['succeeded', 'failed'], 4],
    [['succeeded', 'rolled_back', 'not-started'], 4],
    [['succeeded', 'locked'], 4],
    [['succeeded', 'unknown'], 4],
    [['succeeded', 'needs_hands'], 6],
    [['succeeded', 'detached'], 130],
  ] as const)('of %s is %i', (outcomes, exit) => {
    expect(exitOfAll(outcomes.map(report))).toBe(exit);
  });
});

it.each([
  [['succeeded', 'succeeded'], 'succeeded'],
  [['not-started', 'rolled_back', 'not-started'], 'rolled_back'],
  [['rolled_back', 'needs_hands'], 'needs_hands'],
  [['succeeded', 'needs_hands'], 'partial'],
] as const)('of %s the outcome is %s', (outcomes, outcome) => {
  expect(outcomeOfAll(outcomes.map(report))).toBe(outcome);
});

it('the gravest exit status is not the highest number', () => {
  expect(worstExit([130, 6, 3])).toBe(6);
  expect(worstExit([7, 5])).toBe(5);
  expect(worstExit([])).toBe(0);
});

it('a host is told by what serves there, where that is known', () => {
  expect(renderReports((['succeeded', 'rolled_back', 'needs_hands', 'not-started'] as const).map(report))).toBe(
    [
      '  pi@192.0.2.1: v0.2.0 serves (succeeded)',
      '  pi@192.0.2.1: v0.1.0 serves (rolled back)',
      '  pi@192.0.2.1: it is not known what serves (needs hands)',
      '  pi@192.0.2.1: v0.1.0 serves (not started)',
      '',
    ].join('\n'),
  );
});
