import { expect, it } from 'vitest';
import { HookedApp } from '../support/hooked-app.ts';

it('tagship push refuses a refspec with which git would push whatever both sides have', async () => {
  const hooked = await HookedApp.make();
  const before = await hooked.app.refs('origin');
  await hooked.app.git('switch', '-q', 'develop');
  await hooked.app.commit('lib/a.dart', '// a\n', 'feat: a');
  for (const refspec of [':', '+:', '']) {
    const push = await hooked.tagship('push', 'origin', refspec);
    expect(push).toMatchObject({ exitCode: 2 });
    expect(push.stderr).toContain('next: name each of them: tagship push REMOTE BRANCH');
  }
  expect(await hooked.app.refs('origin')).toEqual(before);
});

it('tagship push pushes the branch that is checked out to where git would, also beside a tag of its name', async () => {
  const hooked = await HookedApp.make();
  const { app } = hooked;
  await app.git('init', '-q', '--bare', '../other.git');
  await app.git('remote', 'add', 'other', '../other.git');
  await app.git('config', 'branch.feature.pushRemote', 'other');
  await app.git('tag', 'feature', 'main');
  await app.commit('lib/a.dart', '// a\n', 'feat: a');
  const push = await hooked.tagship('push', '--json');
  const id = await app.git('rev-parse', 'refs/heads/feature');
  const refs = [{ ref: 'refs/heads/feature', id }];
  expect(JSON.parse(push.stdout)).toMatchObject({ outcome: 'pushed', remote: 'other', refs });
  expect(await app.git('ls-remote', 'other')).toBe(`${id}\trefs/heads/feature`);
});

it.each(['me:hunter2', 'hunter2'])('tagship push never shows what %s in an address gives away', async (user) => {
  const hooked = await HookedApp.make({ 'tagship.yaml': 'checks: { analyze: false, test: false }\n' });
  const address = `https://${user}@git.invalid/app.git`;
  const push = await hooked.tagship('push', '--dry-run', '--json', address, 'feature');
  expect(push).toMatchObject({ exitCode: 0 });
  expect(push.stderr).toContain('would push to https://git.invalid/app.git: refs/heads/feature');
  expect(JSON.parse(push.stdout)).toMatchObject({ remote: 'https://git.invalid/app.git' });
  expect(push.stdout + push.stderr).not.toContain('hunter2');
});

it('a push of which the remote takes only a part is told as such, and can be gone on with', async () => {
  const hooked = await HookedApp.make({ 'tagship.yaml': 'checks: { analyze: false, test: false }\n' });
  const { app } = hooked;
  await app.git('branch', 'two');
  await app.commit('lib/a.dart', '// a\n', 'feat: a');
  await app.git('push', '-q', '--no-verify', 'origin', 'HEAD:two');
  await app.git('branch', 'one');
  const refused = await hooked.tagship('push', 'origin', 'two');
  expect(refused).toMatchObject({ exitCode: 3 });
  const push = await hooked.tagship('push', '--json', 'origin', 'one', 'two');
  expect(push).toMatchObject({ exitCode: 4 });
  expect(await hooked.published('refs/heads/one')).toBe(await app.git('rev-parse', 'one'));
  expect(JSON.parse(push.stdout)).toMatchObject({ problems: [{ code: 'push-failed', exit: 4, published: ['one'] }] });
  await app.git('branch', '-f', 'two', 'feature');
  expect(await hooked.tagship('push', 'origin', 'one', 'two')).toMatchObject({ exitCode: 0 });
});
