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

const TOOLS = [
  ['git push', (hooked: HookedApp, ...args: string[]) => hooked.push(...args)],
  ['tagship push', (hooked: HookedApp, ...args: string[]) => hooked.tagship('push', ...args)],
] as const;

describe.each(TOOLS)('what git remembers of a remote is not taken for what another address has: %s', (_tool, push) => {
  it.each([
    ['the address was changed', ['set-url', 'origin', '../other.git'], false],
    ['the address was changed after a push was judged', ['set-url', 'origin', '../other.git'], true],
    ['it is pushed elsewhere than fetched', ['set-url', '--push', 'origin', '../other.git'], false],
    ['it is pushed there as well', ['set-url', '--push', '--add', 'origin', '../other.git'], true],
  ])('%s', async (_what, change, judgedBefore) => {
    const hooked = await leaked();
    const { app } = hooked;
    if (judgedBefore) expect(await hooked.push('origin', 'main:refs/heads/x')).toMatchObject({ exitCode: 0 });
    await app.git('remote', ...change);
    const refused = await push(hooked, 'origin', 'HEAD:refs/heads/feat');
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toContain('lib/key.dart:1');
    expect(await app.git('ls-remote', '../other.git')).toBe('');
    expect((await hooked.tagship('check')).stderr).toContain('lib/key.dart:1');
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
