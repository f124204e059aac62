import { writeFileSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { HookedApp } from '../support/hooked-app.ts';

/** In parts, so that nothing here looks like one. */
const KEY = `AKIA${'QX3ZKJ5V2WN7RTHB'}`;

it('a credential that would be published stops a release before anything has moved', async () => {
  const hooked = await HookedApp.make();
  const { app } = hooked;
  await app.git('switch', '-q', 'develop');
  await app.commit('lib/config.dart', `const key = '${KEY}';\n`, 'feat: a key');
  const before = await app.refs('app');
  const refused = await hooked.tagship('release', 'minor', '--yes');
  expect(refused.exitCode).toBe(3);
  expect(refused.stderr).toContain('lib/config.dart:1');
  expect(refused.stderr).not.toContain(KEY);
  expect(await app.refs('app')).toEqual(before);
  expect(await app.refs('origin')).not.toHaveProperty('refs/tags/v0.2.0');
});

it('nor does one that only a branch brings along that is merged back to', async () => {
  const hooked = await HookedApp.make();
  const { app } = hooked;
  await hooked.tagship('hotfix', 'urgent');
  await app.commit('lib/main.dart', 'void main() { /* mended */ }\n', 'fix: urgent');
  await app.git('switch', '-q', 'develop');
  await app.commit('lib/config.dart', `const key = '${KEY}';\n`, 'feat: a key');
  const before = await app.refs('app');
  expect(await hooked.tagship('hotfix', 'urgent', '--yes')).toMatchObject({ exitCode: 3 });
  expect(await app.refs('app')).toEqual(before);
});

it('a release that stays here publishes nothing, and is not searched', async () => {
  const hooked = await HookedApp.make();
  const { app } = hooked;
  await app.git('switch', '-q', 'develop');
  await app.commit('lib/config.dart', `const key = '${KEY}';\n`, 'feat: a key');
  expect(await hooked.tagship('release', 'minor', '--yes', '--no-push')).toMatchObject({ exitCode: 0 });
});

it.each(['of git alone', 'by way of husky, which says so on standard output'])(
  'a push that a hook refuses, %s, is known to have sent nothing, and the release can be undone as it is',
  async (way) => {
    const hooked = await HookedApp.make();
    const { app } = hooked;
    await app.git('switch', '-q', 'develop');
    await app.commit('lib/a.dart', '// a\n', 'feat: a');
    const before = await app.refs('app');
    const husky = way.includes('husky');
    const hook = join(app.path, husky ? '.husky/pre-push' : '.git/hooks/pre-push');
    await mkdir(dirname(hook), { recursive: true });
    writeFileSync(hook, '#!/bin/sh\necho "not on a Friday" >&2\nexit 1\n');
    await chmod(hook, 0o755);
    if (!husky) await app.git('config', 'core.hooksPath', dirname(hook));
    const refused = await hooked.tagship('release', 'minor', '--yes', '--no-checks');
    expect(refused.exitCode).toBe(4);
    expect(refused.stderr).toContain('nothing was sent');
    expect(refused.stderr).toContain('not on a Friday');
    expect(refused.stderr).toContain('tagship release abort');
    expect(await hooked.tagship('release', 'abort', '--yes')).toMatchObject({ exitCode: 0 });
    expect(await app.refs('app')).toEqual(before);
  },
);
