import { describe, expect, it } from 'vitest';
import { refuseDifferent, tagsToTake } from '../../src/cli/refuse-different.ts';
import { planRun } from '../../src/deploy/plan.ts';
import { deployFacts, environmentOf, record, requestFor } from '../support/deploy-facts.ts';

/** A rollback on a host where these were deployed, one after the other. */
function rollbackAfter(...tags: readonly string[]) {
  const facts = { ...deployFacts(), history: tags.map((tag) => record(tag, 'a')) };
  const plan = planRun(facts, requestFor('rollback'), environmentOf(), 'v{version}');
  return { plan, tags: tagsToTake(facts, 'rollback') };
}

describe('hosts that would not all go back to the same release', () => {
  it.each([
    ['one of those they chose, where all have had it', ['1', '3', '4'], ['3', '1', '4'], 'v0.3.0'],
    ['another that all have had, and not the one that serves', ['1', '3', '4'], ['1', '2', '4'], 'v0.1.0'],
  ])('are told to take %s', (_what, one, other, wanted) => {
    const planned = [one, other].map((minors) => rollbackAfter(...minors.map((minor) => `v0.${minor}.0`)));
    const fix = `tagship rollback production --to ${wanted}`;
    expect(() => refuseDifferent(planned)).toThrow(expect.objectContaining({ code: 'releases-differ', fix, exit: 3 }));
  });

  it('are told to look where there is none', () => {
    const planned = [rollbackAfter('v0.1.0', 'v0.4.0'), rollbackAfter('v0.2.0', 'v0.4.0')];
    expect(() => refuseDifferent(planned)).toThrow(expect.objectContaining({ fix: 'tagship history production' }));
  });
});
