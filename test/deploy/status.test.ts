import { expect, it } from 'vitest';
import { statusOf } from '../../src/deploy/status.ts';
import { deployFacts, environmentOf, record } from '../support/deploy-facts.ts';

it('after a rollback by images, tells what is checked out and what was deployed each by its own name', () => {
  const facts = deployFacts();
  const commit = '3'.repeat(40);
  const back = { ...record('v0.2.0', '2'), kind: 'rollback' as const, method: 'image' as const };
  const history = [
    record('v0.2.0', '2'),
    record('v0.3.0', '3'),
    { ...back, previous: { ...back.previous, commit, tag: 'v0.3.0' } },
  ];
  const clone = facts.clone && { ...facts.clone, head: commit, tagsHere: ['v0.3.0'] };
  const status = statusOf({ ...facts, clone, history }, environmentOf(), 'v{version}');
  expect(status).toMatchObject({ checkout: { tag: 'v0.3.0', commit }, deployed: { tag: 'v0.2.0', checkout: commit } });
});
