import { writeFileSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
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

it('a push that a hook refuses is known to have sent nothing, and the release can be undone as it is', async () => {
  const hooked = await HookedApp.make();
  const { app } = hooked;
  await app.git('switch', '-q', 'develop');
  await app.commit('lib/a.dart', '// a\n', 'feat: a');
  const before = await app.refs('app');
  const hook = join(app.path, '.git/hooks/pre-push');
  await mkdir(join(hook, '..'), { recursive: true });
  writeFileSync(hook, '#!/bin/sh\necho "not on a Friday" >&2\nexit 1\n');
  await chmod(hook, 0o755);
  await app.git('config', 'core.hooksPath', join(hook, '..'));
  const refused = await hooked.tagship('release', 'minor', '--yes', '--no-checks');
  expect(refused.exitCode).toBe(4);
  expect(refused.stderr).toContain('nothing was sent');
  expect(refused.stderr).toContain('not on a Friday');
  expect(refused.stderr).toContain('tagship release abort');
  expect(await hooked.tagship('release', 'abort', '--yes')).toMatchObject({ exitCode: 0 });
  expect(await app.refs('app')).toEqual(before);
});
