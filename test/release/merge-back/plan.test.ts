import { describe, expect, it } from 'vitest';
import type { PullRequest } from '../../../src/io/ports.ts';
import type { MergeBackFacts, MergeBackTarget } from '../../../src/release/merge-back/look.ts';
import { planMergeBack } from '../../../src/release/merge-back/plan.ts';

const TIP = 'a'.repeat(40);
const branch = { name: 'refs/heads/merge-back/v0.1.1', id: TIP, commit: TIP, worktree: undefined };
const BASE: MergeBackFacts = {
  branch,
  tag: 'v0.1.1',
  into: ['refs/heads/develop'],
  published: TIP,
  targets: [],
  spare: { here: true, there: true },
};
const request = (state: PullRequest['state']): PullRequest => ({
  number: 7,
  url: 'https://git.example/7',
  state,
  head: TIP,
  base: 'develop',
  body: '',
  mergeCommit: state === 'merged' ? TIP : undefined,
});
const develop: MergeBackTarget = { name: 'refs/heads/develop', published: true, request: undefined, joined: false };
const plan = (facts: Partial<MergeBackFacts>, onGitHub = true) =>
  planMergeBack({ ...BASE, ...facts }, { remote: 'upstream', onGitHub });

describe('a merge back that waits', () => {
  it.each<[string, Partial<MergeBackFacts>, object]>([
    ['without a pull request gets one', { targets: [develop] }, { open: [{ into: 'refs/heads/develop' }] }],
    ['that is in every branch is removed, here and there', {}, { remove: { here: true, there: TIP } }],
    [
      'whose pull request is merged is removed',
      { targets: [{ ...develop, request: request('merged'), joined: true }] },
      { remove: { here: true, there: TIP }, squashed: [] },
    ],
    [
      'whose pull request was squashed is removed, and told',
      { targets: [{ ...develop, request: request('merged') }] },
      { remove: { here: true, there: TIP }, squashed: ['develop'] },
    ],
    [
      'that was merged by hand is removed whatever its pull request says',
      { targets: [{ ...develop, request: request('closed'), joined: true }] },
      { remove: { here: true, there: TIP }, squashed: [], obstacles: [] },
    ],
    [
      'with work of its own stays here',
      { spare: { here: false, there: true } },
      { remove: { here: false, there: TIP } },
    ],
    [
      'that others have added to stays there',
      { spare: { here: true, there: false } },
      { remove: { here: true, there: undefined } },
    ],
    [
      'in one of two branches gets its other pull request and is not removed',
      {
        targets: [
          { ...develop, request: request('merged') },
          { ...develop, name: 'refs/heads/release/v0.2.0' },
        ],
      },
      { open: [{ into: 'refs/heads/release/v0.2.0' }], remove: undefined },
    ],
  ])('%s', (_what, facts, expected) => expect(plan(facts)).toMatchObject(expected));

  it.each<[string, Partial<MergeBackFacts>, boolean, string, string]>([
    [
      'its pull request is open',
      { targets: [{ ...develop, request: request('open') }] },
      true,
      'pull-request-open',
      'merge it',
    ],
    [
      'its pull request was closed',
      { targets: [{ ...develop, request: request('closed') }] },
      true,
      'pull-request-closed',
      'reopen and merge it, or git switch develop && git merge merge-back/v0.1.1',
    ],
    [
      'it is not on GitHub',
      { targets: [develop] },
      false,
      'merge-back-open',
      'git switch develop && git merge merge-back/v0.1.1, resolve, commit, push, then: tagship release continue v0.1.1',
    ],
    [
      'its branch was never pushed',
      { targets: [develop], published: undefined },
      true,
      'merge-back-open',
      'git push upstream merge-back/v0.1.1, then: tagship release continue v0.1.1',
    ],
    [
      'the branch it goes to was never pushed',
      { targets: [{ ...develop, published: false }] },
      true,
      'merge-back-open',
      'git switch develop',
    ],
  ])('is for a person while %s', (_why, facts, onGitHub, code, fix) => {
    const { open, remove, obstacles } = plan(facts, onGitHub);
    expect({ open, remove }).toEqual({ open: [], remove: undefined });
    expect(obstacles).toMatchObject([{ code, fix: expect.stringContaining(fix) }]);
  });
});
