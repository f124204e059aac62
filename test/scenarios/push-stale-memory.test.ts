import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HookedApp } from '../support/hooked-app.ts';

const SECRET = `glpat-${'x9Kf3Lq7Zt2Rw8Yb5Nc1'}`;

/** A secret that was taken away on the server with its branch, which is remembered here still. */
async function purged() {
  const hooked = await HookedApp.make({ 'tagship.yaml': 'checks: { analyze: false, test: false }\n' });
  const { app } = hooked;
  await app.commit('lib/key.dart', `const key = '${SECRET}';\n`, 'feat: key');
  expect(await hooked.push('--no-verify', 'origin', 'feature')).toMatchObject({ exitCode: 0 });
  await app.commit('lib/key.dart', '// gone\n', 'fix: no key');
  // The remote was asked for what it has, and this is remembered as well.
  expect(await hooked.push('origin', 'main:refs/heads/x')).toMatchObject({ exitCode: 0 });
  return hooked;
}

describe('a secret that git remembers the remote to have does not go out again', () => {
  it.each(['git push', 'tagship check, then git push', 'tagship push'])(
    'where its branch is gone there: %s',
    async (way) => {
      const hooked = await purged();
      const { app } = hooked;
      if (way !== 'git push') expect(await hooked.tagship('check')).toMatchObject({ exitCode: 0 });
      await app.gitAtOrigin('branch', '-D', 'feature');
      const refused = way === 'tagship push' ? await hooked.tagship('push') : await hooked.push('origin', 'feature');
      expect(refused.exitCode).not.toBe(0);
      expect(refused.stderr).toContain('lib/key.dart:1');
      expect(await hooked.published('refs/heads/feature')).toBeUndefined();
      // What was said then is remembered.
      await app.git('switch', '-q', '-c', 'another');
      expect((await hooked.push('origin', 'another')).stderr).toContain('lib/key.dart:1');
    },
  );

  it('where its branch was rewritten there', async () => {
    const hooked = await purged();
    const { app } = hooked;
    expect(await hooked.tagship('check')).toMatchObject({ exitCode: 0 });
    await app.gitAtOrigin('branch', '--force', 'feature', 'develop');
    const refused = await hooked.push('--force', 'origin', 'feature');
    expect(refused.stderr).toContain('lib/key.dart:1');
    expect(await hooked.published('refs/heads/feature')).toBe(await hooked.published('refs/heads/develop'));
  });

  it('where another remote has it, whose name begins with that of the one that is pushed to', async () => {
    const hooked = await purged();
    const { app } = hooked;
    await app.git('clone', '-q', '--bare', '../origin.git', '../fork.git');
    await app.gitAtOrigin('branch', '-D', 'feature');
    await app.git('remote', 'prune', 'origin');
    await app.git('remote', 'add', 'origin/fork', '../fork.git');
    await app.git('fetch', '-q', 'origin/fork');
    const refused = await hooked.push('origin', 'HEAD:refs/heads/feat');
    expect(refused.stderr).toContain('lib/key.dart:1');
    expect(await hooked.published('refs/heads/feat')).toBeUndefined();
  });
});

it('a remote that is as git remembers it is not asked', async () => {
  const hooked = await purged();
  const { app } = hooked;
  const asked = async () => {
    await app.commit('lib/a.dart', `// ${await app.git('rev-parse', 'HEAD')}\n`, 'feat: a');
    const trace = join(app.folder, 'trace');
    writeFileSync(trace, '');
    const push = ['push', 'origin', 'feature', 'HEAD:refs/heads/y'];
    expect(await hooked.run('git', push, { GIT_TRACE: trace })).toMatchObject({ exitCode: 0 });
    return readFileSync(trace, 'utf8')
      .split('\n')
      .filter((line) => / built-in: git ls-remote/.test(line)).length;
  };
  expect(await asked()).toBe(0);
  await app.gitAtOrigin('branch', '-D', 'y');
  expect(await asked()).toBe(1);
  expect(await asked()).toBe(0);
});
