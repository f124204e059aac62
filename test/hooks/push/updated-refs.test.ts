import { expect, it } from 'vitest';
import { updatedRefs } from '../../../src/hooks/push/updated-refs.ts';

it('what a push has changed is read from what git says of it', () => {
  const said = [
    'remote: Resolving deltas: 100% (1/1), done.        ',
    'remote:  * [new branch]      no -> no        ',
    'To ../origin.git',
    '   0123456..89abcde  HEAD -> ahead',
    ' + 0123456...89abcde forced -> forced (forced update)',
    ' * [new branch]      topic -> team/topic',
    ' * [new tag]         v1.0.0 -> v1.0.0',
    ' * [new reference]   HEAD -> refs/for/x',
    ' - [deleted]         old',
    ' = [up to date]      same -> same',
    ' ! [rejected]        one -> one (non-fast-forward)',
    ' ! [remote rejected] two -> two (pre-receive hook declined)',
    "error: failed to push some refs to '../origin.git'",
  ];
  expect(updatedRefs(said)).toEqual(['ahead', 'forced', 'team/topic', 'v1.0.0', 'refs/for/x', 'old']);
});
