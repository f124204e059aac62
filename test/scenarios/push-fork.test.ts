import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { HookedApp } from '../support/hooked-app.ts';

let hooked: HookedApp;
let before: string;

/** A release that another clone has made, and a fork that does not have it yet. */
beforeEach(async () => {
  hooked = await HookedApp.make({ 'tagship.yaml': 'checks: { analyze: false, test: false }\n' });
  const { app } = hooked;
  before = await app.git('rev-parse', 'main');
  await app.git('clone', '-q', '--bare', '../origin.git', '../fork.git');
  await app.git('remote', 'add', 'fork', '../fork.git');
  expect(await hooked.tagship('release', 'minor', '--yes')).toMatchObject({ exitCode: 0 });
  await rm(join(app.path, '.git/tagship'), { recursive: true });
});

it('a fork gets what was released elsewhere, and nothing else on main', async () => {
  const { app } = hooked;
  await app.commit('lib/a.dart', '// a\n', 'feat: a');
  expect((await hooked.push('fork', 'HEAD:main')).stderr).toContain('main is moved only by a release');
  const mirror = ['fork', 'origin/main:refs/heads/main', 'origin/develop:refs/heads/develop'];
  expect(await hooked.tagship('push', ...mirror)).toMatchObject({ exitCode: 0 });
  expect(await app.git('ls-remote', 'fork', 'main')).toContain(await app.git('rev-parse', 'origin/main'));
  expect((await hooked.push('--force', 'fork', `${before}:main`)).stderr).toContain('main must not be rewritten');
});

it.each(['fork', '../fork.git', '../origin.git'])('a tag of what was released goes to %s by itself', async (to) => {
  const { app } = hooked;
  await app.gitAtOrigin('tag', '-d', 'v0.2.0');
  expect(await hooked.push(to, 'v0.2.0')).toMatchObject({ exitCode: 0 });
  await app.commit('pubspec.yaml', 'name: greeter\nversion: 0.9.0\n', 'feat: not released');
  await app.git('tag', '-a', '-m', 'x', 'v0.9.0');
  const push = await hooked.push(to, 'v0.9.0');
  expect(push.stderr).toContain('v0.9.0 is not on main');
  expect(push.stderr).toContain('tagship release minor');
});

it('where it is not known what was released, a fetch is named and no second release', async () => {
  const { app } = hooked;
  for (const branch of ['main', 'develop']) await app.git('update-ref', '-d', `refs/remotes/origin/${branch}`);
  const push = () => hooked.push('../fork.git', 'v0.2.0');
  const refused = await push();
  expect(refused.stderr).toContain('next: git fetch origin, then push again');
  await app.git('fetch', '-q', 'origin');
  expect(await push()).toMatchObject({ exitCode: 0 });
});

it.each(['origin', '../origin.git'])(
  'main of the remote that is released to moves by a release alone: %s',
  async (to) => {
    const { app } = hooked;
    await app.gitAtOrigin('update-ref', 'refs/heads/main', before);
    const push = await hooked.push(to, 'origin/main:refs/heads/main');
    expect(push.stderr).toContain('main is moved only by a release');
    expect(await hooked.published('refs/heads/main')).toBe(before);
  },
);
