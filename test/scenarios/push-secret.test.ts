import { expect, it } from 'vitest';
import type { AppRepository } from '../support/app-repository.ts';
import { HookedApp } from '../support/hooked-app.ts';

const KEY = `const key = '${'glpat-'}${'x9Kf3Lq7Zt2Rw8Yb5Nc1'}';\n`;
const EDIT = '1s/^pick/edit/';

async function inTheFirst(app: AppRepository): Promise<void> {
  await app.git('switch', '-q', '--orphan', 'another');
  await app.write('lib/key.dart', KEY);
  await app.git('add', 'lib');
  await app.git('commit', '-q', '--no-verify', '-m', 'feat: begin');
  await app.commit('lib/a.dart', '// a\n', 'feat: a');
}

async function beforeAMerge(app: AppRepository): Promise<void> {
  await app.commit('lib/key.dart', KEY, 'feat: key');
  await merge(app);
}

async function inAMerge(app: AppRepository): Promise<void> {
  await app.commit('lib/b.dart', '// b\n', 'feat: b');
  await merge(app);
  await app.write('lib/key.dart', KEY);
  await app.git('add', 'lib');
  await app.git('commit', '-q', '--no-verify', '--amend', '--no-edit');
}

async function merge(app: AppRepository): Promise<void> {
  await app.git('switch', '-q', '-c', 'topic', 'develop');
  await app.commit('lib/a.dart', '// a\n', 'feat: a');
  await app.git('switch', '-q', 'feature');
  await app.git('merge', '-q', '--no-ff', '-m', 'merge topic', 'topic');
}

it.each([
  ['the first commit of all', inTheFirst, EDIT, 0],
  ['a commit before a merge', beforeAMerge, '/feat: key$/s/^pick/edit/', 1],
  ['a merge', inAMerge, '/merge topic/a break', 1],
])('a secret in %s is taken out by the command that is named', async (_what, add, edit, merges) => {
  const hooked = await HookedApp.make();
  const { app } = hooked;
  await add(app);
  const branch = await app.git('branch', '--show-current');
  const refused = await hooked.push('origin', branch);
  const next = /(git rebase .*?)\. Is it none/.exec(refused.stderr)?.[1] ?? 'false';
  const env = { GIT_EDITOR: 'true', GIT_SEQUENCE_EDITOR: `sed -i -e '${edit}'` };
  const run = (command: string) => hooked.run('sh', ['-c', command], env);
  expect(await run(next)).toMatchObject({ exitCode: 0 });
  expect(await run("echo '// none' > lib/key.dart && git commit -qa --amend --no-edit")).toMatchObject({ exitCode: 0 });
  expect(await run('git rebase --continue')).toMatchObject({ exitCode: 0 });
  expect(await hooked.push('origin', branch)).toMatchObject({ exitCode: 0 });
  expect((await app.git('rev-list', '--merges', 'HEAD', '^develop')).split('\n').filter(Boolean)).toHaveLength(merges);
});

it('a secret in a branch that is not checked out is taken out of that one', async () => {
  const hooked = await HookedApp.make();
  const { app } = hooked;
  await app.git('switch', '-q', '-c', 'topic(1)');
  await app.commit('lib/key.dart', KEY, 'feat: key');
  await app.git('switch', '-q', 'feature');
  await app.commit('lib/a.dart', '// a\n', 'feat: a');
  const before = await app.git('rev-parse', 'feature');
  const refused = await hooked.push('origin', 'topic(1)');
  const next = /(git rebase .*?)\. Is it none/.exec(refused.stderr)?.[1] ?? 'false';
  const env = { GIT_EDITOR: 'true', GIT_SEQUENCE_EDITOR: `sed -i -e '${EDIT}'` };
  const run = (command: string) => hooked.run('sh', ['-c', command], env);
  expect(await run(next)).toMatchObject({ exitCode: 0 });
  expect(await run("echo '// none' > lib/key.dart && git commit -qa --amend --no-edit")).toMatchObject({ exitCode: 0 });
  expect(await run('git rebase --continue')).toMatchObject({ exitCode: 0 });
  expect(await app.git('rev-parse', 'feature')).toBe(before);
  expect(await hooked.push('origin', 'topic(1)')).toMatchObject({ exitCode: 0 });
});
