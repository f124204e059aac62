import { beforeEach, expect, it } from 'vitest';
import { HookedApp } from '../support/hooked-app.ts';
import { runTagship } from '../support/tagship.ts';

const CONFIG = 'release: { branches: { main: master } }\nchecks: { analyze: false, test: false }\n';

let hooked: HookedApp;
let old: string;
let before: string | undefined;

/** An app whose main is master, and has been for one commit. */
beforeEach(async () => {
  hooked = await HookedApp.make();
  const { app } = hooked;
  old = await app.git('rev-parse', 'HEAD');
  await app.git('switch', '-q', '-c', 'master');
  await app.commit('tagship.yaml', CONFIG, 'ci: master is main');
  await app.git('push', '-q', '--no-verify', 'origin', 'master');
  before = await hooked.published('refs/heads/master');
});

it('main is not rewritten by a commit that is older than tagship.yaml', async () => {
  const push = await hooked.push('--force', 'origin', 'HEAD~1:master');
  expect(push.stderr).toContain('master must not be rewritten');
  expect(push.stderr).toContain('git pull --no-rebase origin master');
  expect(await hooked.published('refs/heads/master')).toBe(before);
});

it('nor by one that was verified for another branch', async () => {
  expect(await hooked.push('origin', 'HEAD~1:refs/heads/x')).toMatchObject({ exitCode: 0 });
  await hooked.tagship('check', '--tree', old);
  // As somebody has it who looks at that commit.
  await hooked.app.git('switch', '-q', '--detach', old);
  await hooked.tagship('check');
  for (const to of ['master', 'refs/heads/master']) {
    expect((await hooked.push('--force', 'origin', `${old}:${to}`)).stderr).toContain('master must not be rewritten');
  }
  expect(await hooked.published('refs/heads/master')).toBe(before);
});

it('nor where others have moved it on since it was fetched', async () => {
  const { app } = hooked;
  await app.git('clone', '-q', '--branch', 'master', app.origin, '../colleague');
  const other = ['-C', '../colleague', '-c', 'user.name=C', '-c', 'user.email=c@x'];
  await app.git(...other, 'commit', '-q', '--allow-empty', '-m', 'fix: theirs');
  await app.git(...other, 'push', '-q', 'origin', 'master');
  const theirs = await hooked.published('refs/heads/master');
  expect(await hooked.push('--force', 'origin', 'HEAD~1:master')).not.toMatchObject({ exitCode: 0 });
  expect(await hooked.published('refs/heads/master')).toBe(theirs);
});

it('main is not deleted by who looks at a commit older than tagship.yaml, also when a deletion was judged before', async () => {
  const { app } = hooked;
  await app.git('switch', '-q', '--detach', old);
  expect((await hooked.push('origin', ':master')).stderr).toContain('master must not be deleted');
  expect(await hooked.push('origin', 'HEAD:refs/heads/x')).toMatchObject({ exitCode: 0 });
  expect((await hooked.push('origin', ':master')).stderr).toContain('master must not be deleted');
  expect(await hooked.published('refs/heads/master')).toBe(before);
  expect(await hooked.push('origin', ':x')).toMatchObject({ exitCode: 0 });
});

it('a branch that nobody calls main is free, whatever the names are without tagship.yaml', async () => {
  const { app } = hooked;
  await app.commit('lib/a.dart', '// a\n', 'feat: a');
  expect(await hooked.push('--force', 'origin', 'HEAD:main')).toMatchObject({ exitCode: 0 });
});

it('the server goes by what its main has', async () => {
  const { app } = hooked;
  await app.gitAtOrigin('symbolic-ref', 'HEAD', 'refs/heads/master');
  await runTagship(['hook', 'pre-receive', '--install'], { cwd: app.origin });
  const sneak = (...args: string[]) => hooked.push('--no-verify', '--force', 'origin', ...args);
  expect((await sneak('HEAD~1:master')).stderr).toContain('master must not be rewritten');
  expect((await sneak(':master')).stderr).toContain('master must not be deleted');
});
