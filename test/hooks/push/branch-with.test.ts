import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { branchWith } from '../../../src/hooks/push/branch-with.ts';
import { openGit } from '../../../src/io/git.ts';
import { AppRepository } from '../../support/app-repository.ts';

const pushed = (name: string, localId: string) => {
  const ref = `refs/heads/${name}`;
  return { localRef: ref, localId, remoteRef: ref, remoteId: undefined };
};

it('the branch that has a commit is found by one git, also while no ref names it', async () => {
  const app = await AppRepository.make({ origin: false });
  const commit = async (parent: string, message: string) =>
    app.git('commit-tree', 'HEAD^{tree}', '-p', parent, '-m', message);
  const key = await commit('HEAD', 'key');
  const others = [];
  for (let index = 0; index < 20; index += 1) others.push(pushed(`b${index}`, await commit('HEAD', `b${index}`)));
  const trace = join(app.folder, 'trace');
  const git = openGit(app.path, { ...process.env, GIT_TRACE2_EVENT: trace });

  const later = pushed('topic', await commit(await commit(key, 'more'), 'most'));
  expect(await branchWith(git, key, [...others, later])).toBe('topic');
  expect(readFileSync(trace, 'utf8').match(/"event":"start"/g)).toHaveLength(2);
  expect(await branchWith(git, key, [...others, pushed('tip', key)])).toBe('tip');
  expect(await branchWith(git, key, others)).toBeUndefined();
  await app.git('reset', '-q', '--hard', key);
  expect(await branchWith(git, key, [later])).toBeUndefined();
});
