import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HookedApp } from '../support/hooked-app.ts';

const SECRET = `glpat-${'x9Kf3Lq7Zt2Rw8Yb5Nc1'}`;

/** An app whose first remote has a secret, taken out again by the next commit; another, empty one beside it. */
async function leaked() {
  const hooked = await HookedApp.make({ 'tagship.yaml': 'checks: { analyze: false, test: false }\n' });
  const { app } = hooked;
  await app.commit('lib/key.dart', `const key = '${SECRET}';\n`, 'feat: key');
  expect(await hooked.push('--no-verify', 'origin', 'feature')).toMatchObject({ exitCode: 0 });
  await app.commit('lib/key.dart', '// gone\n', 'fix: no key');
  await app.git('init', '-q', '--bare', '../other.git');
  return hooked;
}

const ANOTHER = ['set-url', 'origin', '../other.git'];

describe('what git remembers of a remote is not taken for what another address has, where', () => {
  it.each([
    ['the address was changed', 'git push', ANOTHER, false],
    ['the address was changed', 'tagship push', ANOTHER, false],
    ['the address was changed after a push was judged', 'git push', ANOTHER, true],
    ['it is pushed elsewhere than fetched', 'git push', ['set-url', '--push', 'origin', '../other.git'], false],
    ['it is pushed there as well', 'tagship push', ['set-url', '--push', '--add', 'origin', '../other.git'], true],
  ])('%s: %s', async (_what, tool, change, judgedBefore) => {
    const hooked = await leaked();
    const { app } = hooked;
    if (judgedBefore) expect(await hooked.push('origin', 'main:refs/heads/x')).toMatchObject({ exitCode: 0 });
    await app.git('remote', ...change);
    // What was checked is pushed without another look.
    expect((await hooked.tagship('check')).stderr).toContain('lib/key.dart:1');
    const args = ['push', 'origin', 'HEAD:refs/heads/feat'];
    const refused = tool === 'git push' ? await hooked.run('git', args) : await hooked.tagship(...args);
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toContain('lib/key.dart:1');
    expect(await app.git('ls-remote', '../other.git')).toBe('');
  });
});

it('a remote that has moved with all that it has is asked once, and what is new is searched', async () => {
  const hooked = await leaked();
  const { app } = hooked;
  await app.git('push', '-q', '--no-verify', '../other.git', 'main', 'develop', 'HEAD~:refs/heads/feature');
  await app.git('remote', 'set-url', 'origin', '../other.git');
  const push = await hooked.push('origin', 'HEAD:refs/heads/feat');
  expect(push).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('secrets: 1 commit,') });
  const note = join(app.path, '.git/tagship/remotes/origin.json');
  expect(JSON.parse(readFileSync(note, 'utf8'))).toEqual({ address: '../other.git', differs: {} });

  // What the note says is believed, and what it does not say is not.
  await app.git('remote', 'set-url', 'origin', '../origin.git');
  await app.commit('lib/a.dart', '// a\n', 'feat: a');
  const back = await hooked.push('origin', 'HEAD:refs/heads/again');
  expect(back.stderr).toContain('secrets: 2 commits,');
});

it('a remote that others have moved on since it was fetched has what it had before, and no ref moves by the question', async () => {
  const hooked = await leaked();
  const { app } = hooked;
  const remembered = await app.git('for-each-ref', 'refs/remotes/');
  await app.git('clone', '-q', '--branch', 'feature', app.origin, '../colleague');
  for (const branch of ['feature', 'develop']) {
    await app.git('-C', '../colleague', 'switch', '-q', branch);
    await app.git(
      '-C',
      '../colleague',
      '-c',
      'user.name=C',
      '-c',
      'user.email=c@x',
      'commit',
      '-q',
      '--allow-empty',
      '-m',
      'on',
    );
    await app.git('-C', '../colleague', 'push', '-q', 'origin', branch);
  }
  const push = await hooked.push('origin', 'HEAD:refs/heads/feat');
  expect(push).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('secrets: 1 commit,') });
  const kept = (await app.git('for-each-ref', 'refs/remotes/')).split('\n').filter((line) => !line.endsWith('/feat'));
  expect(kept.join('\n')).toBe(remembered);
});

it('a remote that does not say what it has is taken to have nothing', async () => {
  const hooked = await leaked();
  const { app } = hooked;
  await app.git('remote', 'set-url', 'origin', '../nowhere.git');
  const check = await hooked.tagship('check');
  expect(check).toMatchObject({ exitCode: 3 });
  expect(check.stderr).toContain('origin does not say what it has');
  expect(check.stderr).toContain('lib/key.dart:1');
  await app.git('remote', 'set-url', 'origin', '../origin.git');
  expect(await hooked.tagship('check')).toMatchObject({ exitCode: 0 });
  await rm(app.origin, { recursive: true });
  // Asked before.
  await app.commit('lib/a.dart', '// a\n', 'feat: a');
  expect(await hooked.tagship('check')).toMatchObject({ exitCode: 0 });
});
