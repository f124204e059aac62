import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HookedApp } from '../support/hooked-app.ts';
import { runProgram, runTagship, TAGSHIP } from '../support/tagship.ts';

it('main is not reached by another name for what is pushed, and everything wrong is told at once', async () => {
  const hooked = await HookedApp.make();
  await hooked.app.commit('lib/a.dart', '// a\n', 'feat: a');
  await hooked.tagship('check');
  await hooked.app.git('tag', 'v0.9.0');
  const push = await hooked.push('origin', 'HEAD:main', '+HEAD~1:develop', 'v0.9.0');
  expect(push.exitCode).not.toBe(0);
  for (const words of [
    'main is moved only by a release',
    'v0.9.0 is not an annotated tag',
    'v0.9.0 does not stand for the version',
  ]) {
    expect(push.stderr).toContain(words);
  }
  expect(Object.keys(await hooked.app.refs('origin')).sort()).toEqual(['refs/heads/develop', 'refs/heads/main']);
  expect(hooked.testRuns()).toBe(1);
});

it('a release tag of a commit that main does not have is refused', async () => {
  const hooked = await HookedApp.make();
  await hooked.app.commit('lib/a.dart', '// a\n', 'feat: a');
  await hooked.app.git('tag', '-a', '-m', 'x', 'v0.1.0');
  const push = await hooked.push('origin', 'feature', 'v0.1.0');
  expect(push.exitCode).not.toBe(0);
  expect(push.stderr).toContain('v0.1.0 is not on main');
  expect(hooked.testRuns()).toBe(0);
});

it('deleting a branch runs no test; deleting main is refused; both in one push is refused', async () => {
  const hooked = await HookedApp.make();
  await hooked.app.commit('lib/a.dart', '// a\n', 'feat: a');
  await hooked.push('origin', 'feature', 'HEAD:old');
  expect(hooked.testRuns()).toBe(1);
  await hooked.app.git('commit', '-q', '--allow-empty', '-m', 'chore: nothing');
  expect(await hooked.push('origin', '--delete', 'old')).toMatchObject({ exitCode: 0 });
  expect(hooked.testRuns()).toBe(1);
  for (const refspecs of [[':main'], [':main', ':feature'], ['feature', ':develop']]) {
    const push = await hooked.push('origin', ...refspecs);
    expect(push.exitCode).not.toBe(0);
    expect(push.stderr).toContain('must not be deleted');
  }
  expect(await hooked.push('origin', 'feature', 'HEAD:new')).toMatchObject({ exitCode: 0 });
  expect(await hooked.push('origin', 'HEAD:other', ':new')).toMatchObject({ exitCode: 0 });
});

it('a commit whose tagship.yaml has mistakes is named, and is in the way of nothing but its own push', async () => {
  const hooked = await HookedApp.make();
  const { app } = hooked;
  await app.commit('lib/a.dart', '// a\n', 'feat: a');
  await app.git('branch', 'good');
  await hooked.push('origin', 'good:old');
  await app.commit('tagship.yaml', 'bad: 1\n', 'chore: bad');
  const push = await hooked.push('origin', 'feature');
  expect(push.stderr).toContain(`tagship.yaml of ${(await app.git('rev-parse', 'HEAD')).slice(0, 10)} has a mistake`);
  expect(push.stderr).toContain('commit that (the newest commit: git commit --amend)');
  await rm(join(app.path, '.git/tagship/verified'), { recursive: true, force: true });
  const runs = hooked.testRuns();
  expect(await hooked.push('origin', '--delete', 'old')).toMatchObject({ exitCode: 0 });
  expect(hooked.testRuns()).toBe(runs);
  expect((await hooked.push('origin', ':main')).stderr).toContain('main must not be deleted');
  expect(await hooked.push('origin', 'good')).toMatchObject({ exitCode: 0 });
});

it('a pre-release is made on a release branch, here and past the server, and on no other branch', async () => {
  const hooked = await HookedApp.make();
  const { app } = hooked;
  await app.hook('origin', 'pre-receive', `exec '${process.execPath}' '${TAGSHIP}' hook pre-receive`);
  expect(await hooked.tagship('release', 'start', 'minor', '--pre', 'beta')).toMatchObject({ exitCode: 0 });
  await app.commit('lib/a.dart', '// a\n', 'fix: a');
  const finished = await hooked.tagship('release', 'finish', '--yes');
  expect(finished).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('is released and on origin') });
  expect(await app.gitAtOrigin('cat-file', '-t', 'v0.2.0-beta.1')).toBe('tag');

  await app.git('switch', '-q', '-c', 'aside');
  await app.git('commit', '-q', '--allow-empty', '-m', 'feat: aside');
  await app.git('tag', '-a', '-m', 'x', 'v0.2.0-beta.2');
  const push = await hooked.push('origin', 'aside', 'v0.2.0-beta.2');
  expect(push.stderr).toContain('v0.2.0-beta.2 is not on main');
});

it.each([
  ['git push', ['push', 'origin', 'develop']],
  ['tagship push', ['push']],
])('what was committed to develop is put onto a branch and merged by the command that %s names', async (tool, args) => {
  const hooked = await HookedApp.make();
  const { app } = hooked;
  await app.git('switch', '-q', 'develop');
  await app.commit('lib/a.dart', '// a\n', 'feat: a');
  await app.write('lib/main.dart', 'void main() {} // going on\n');
  const refused = tool === 'git push' ? await hooked.run('git', args) : await hooked.tagship(...args);
  const next = /next: (git branch BRANCH .* BRANCH) \(/.exec(refused.stderr)?.[1] ?? 'false';
  const env = { GIT_EDITOR: 'true' };
  expect(await hooked.run('sh', ['-c', next.replaceAll('BRANCH', 'topic')], env)).toMatchObject({ exitCode: 0 });
  expect(app.read('lib/main.dart')).toContain('going on');
  await app.git('checkout', '-q', '.');
  expect(await hooked.push('origin', 'develop')).toMatchObject({ exitCode: 0 });
});

describe('a merge into develop', () => {
  /** A merge with the files of feature, made by hand. */
  async function merge(app: HookedApp['app'], ...parents: readonly string[]): Promise<string> {
    const of = parents.flatMap((parent) => ['-p', parent]);
    return app.git('commit-tree', 'feature^{tree}', ...of, '-m', 'merge it');
  }

  it.each([
    ['what develop has', async () => ['origin/develop', 'origin/develop~1']],
    [
      'what was merged before',
      async (app: HookedApp['app']) => [await merge(app, 'origin/develop', 'feature'), 'feature~1'],
    ],
  ])('brings a commit right onto it when it merges %s, and is refused here and on the server', async (_what, of) => {
    const hooked = await HookedApp.make();
    const { app } = hooked;
    await runTagship(['hook', 'pre-receive', '--install'], { cwd: app.origin });
    await app.commit('lib/a.dart', '// a\n', 'feat: a');
    await app.commit('lib/b.dart', '// b\n', 'feat: b');
    const disguised = await merge(app, ...(await of(app)));
    const before = await app.refs('origin');
    for (const flags of [[], ['--no-verify']]) {
      const push = await hooked.push(...flags, 'origin', `${disguised}:develop`);
      expect(push.stderr).toContain('develop is moved by merges and releases');
      expect(push.stderr).toContain('merge it');
    }
    expect(await app.refs('origin')).toEqual(before);
  });

  it.each([
    ['a branch', async () => ['origin/develop', 'feature']],
    [
      'what was merged before, and more',
      async (app: HookedApp['app']) => [await merge(app, 'origin/develop', 'feature~1'), 'feature'],
    ],
    ['two branches, of which one brings something', async () => ['origin/develop', 'origin/develop~1', 'feature']],
    [
      'what the remote has besides',
      async (app: HookedApp['app']) => [
        await merge(app, 'origin/develop~1', await merge(app, 'origin/develop~1')),
        'origin/develop',
      ],
    ],
  ])('is one when it merges %s', async (_what, of) => {
    const hooked = await HookedApp.make();
    const { app } = hooked;
    await runTagship(['hook', 'pre-receive', '--install'], { cwd: app.origin });
    await app.commit('lib/a.dart', '// a\n', 'feat: a');
    await app.commit('lib/b.dart', '// b\n', 'feat: b');
    const merged = await merge(app, ...(await of(app)));
    expect(await hooked.push('origin', 'feature', `${merged}:develop`)).toMatchObject({ exitCode: 0 });
  });
});

it("a rewritten develop is brought together with the remote's by the command that is named", async () => {
  const hooked = await HookedApp.make();
  const { app } = hooked;
  await app.git('switch', '-q', 'develop');
  await app.git('commit', '-q', '--amend', '-m', 'feat: greet all people');
  const refused = await hooked.push('--force', 'origin', 'develop');
  expect(refused.stderr).toContain('develop must not be rewritten');
  const next = /next: (git .*), then push again/.exec(refused.stderr)?.[1] ?? 'false';
  expect(await hooked.run('sh', ['-c', next], { GIT_EDITOR: 'true' })).toMatchObject({ exitCode: 0 });
  await app.git('merge-base', '--is-ancestor', 'origin/develop', 'develop');
});

describe('commits right on develop, which a hotfix would publish with its merge back,', () => {
  async function begun() {
    const hooked = await HookedApp.make();
    const { app } = hooked;
    await app.hook('origin', 'pre-receive', `exec '${process.execPath}' '${TAGSHIP}' hook pre-receive`);
    await app.git('switch', '-q', 'develop');
    await app.commit('lib/direct.dart', '// direct\n', 'feat: direct');
    expect(await hooked.tagship('hotfix', 'crash')).toMatchObject({ exitCode: 0 });
    await app.commit('lib/main.dart', 'void main() { /* mended */ }\n', 'fix: crash');
    return hooked;
  }
  const RUN = ['hotfix', 'crash', '--yes', '--no-checks'];

  it('are refused before anything moves, where the same policy runs here', async () => {
    const hooked = await begun();
    const before = await hooked.app.refs();
    const run = await hooked.tagship(...RUN);
    expect(run).toMatchObject({ exitCode: 3 });
    expect(run.stderr).toContain('feat: direct');
    expect(await hooked.app.refs()).toEqual(before);
    const next = /next: (git branch BRANCH .* BRANCH) \(/.exec(run.stderr)?.[1] ?? 'false';
    const sh = (command: string) => hooked.run('sh', ['-c', command], { GIT_EDITOR: 'true' });
    expect(await sh(next.replaceAll('BRANCH', 'topic'))).toMatchObject({ exitCode: 0 });
    expect(await hooked.tagship(...RUN)).toMatchObject({ exitCode: 0 });
  });

  it('are told with the way out, abort first, where only the server knows', async () => {
    const hooked = await begun();
    await rm(join(hooked.app.path, '.husky/pre-push'));
    const run = await hooked.tagship(...RUN);
    expect(run).toMatchObject({ exitCode: 4 });
    const [, next = 'false'] =
      /tagship release abort, then (git branch .* BRANCH), then release again/.exec(run.stderr) ?? [];
    expect(await hooked.tagship('release', 'abort')).toMatchObject({ exitCode: 0 });
    const sh = (command: string) => hooked.run('sh', ['-c', command], { GIT_EDITOR: 'true' });
    expect(await sh(next.replaceAll('BRANCH', 'topic'))).toMatchObject({ exitCode: 0 });
    expect(await hooked.tagship(...RUN)).toMatchObject({ exitCode: 0 });
  });
});

it('develop takes merges, and no commits put right onto it', async () => {
  const hooked = await HookedApp.make();
  const { app } = hooked;
  await app.commit('lib/a.dart', '// a\n', 'feat: a');
  await app.git('switch', '-q', 'develop');
  await app.git('merge', '-q', '--no-ff', '-m', 'merge feature', 'feature');
  expect(await hooked.push('origin', 'develop')).toMatchObject({ exitCode: 0 });
  await app.commit('lib/b.dart', '// b\n', 'feat: b');
  const push = await hooked.push('origin', 'develop');
  expect(push.stderr).toContain('this push puts commits right onto it');
  expect(push.exitCode).not.toBe(0);
});

it('a release is pushed through the hook by its journal, tested once', async () => {
  const hooked = await HookedApp.make();
  const release = await hooked.tagship('release', 'minor', '--yes');
  expect(release).toMatchObject({ exitCode: 0 });
  expect(hooked.testRuns()).toBe(1);
  expect(await hooked.published('refs/tags/v0.2.0')).toBe(await hooked.app.git('rev-parse', 'v0.2.0'));
  const moved = await hooked.push('--force', 'origin', 'feature:refs/tags/v0.2.0');
  expect(moved.stderr).toContain('v0.2.0 is a release and must not be moved');
  expect(moved.exitCode).not.toBe(0);
});

it('a force push is measured against what the remote has, and tests what is new', async () => {
  const hooked = await HookedApp.make();
  await hooked.app.commit('lib/a.dart', '// a\n', 'feat: a');
  await hooked.push('origin', 'feature');
  await hooked.app.git('reset', '-q', '--hard', 'HEAD~1');
  await hooked.app.commit('lib/b.dart', '// b\n', 'feat: b');
  const push = await hooked.push('--force', 'origin', 'feature');
  expect(push).toMatchObject({ exitCode: 0 });
  expect(push.stderr).toContain('secrets: 1 commit,');
  expect(hooked.testRuns()).toBe(2);
});

it('a secret added and taken out again is found, here and on its way to a second remote', async () => {
  const hooked = await HookedApp.make();
  const secret = `glpat-${'x9Kf3Lq7Zt2Rw8Yb5Nc1'}`;
  await hooked.app.commit('lib/key.dart', `const key = '${secret}';\n`, 'feat: key');
  await hooked.app.commit('lib/key.dart', '// gone\n', 'fix: no key');
  const push = await hooked.push('origin', 'feature');
  expect(push.exitCode).not.toBe(0);
  expect(push.stderr).toContain('lib/key.dart:1');
  expect(push.stderr).not.toContain(secret);
  expect((await hooked.tagship('check')).exitCode).toBe(3);
  expect(await hooked.push('--no-verify', 'origin', 'feature')).toMatchObject({ exitCode: 0 });
  await hooked.app.git(
    'clone',
    '-q',
    '--bare',
    '--branch',
    'main',
    '--single-branch',
    '../origin.git',
    '../mirror.git',
  );
  await hooked.app.git('remote', 'add', 'mirror', '../mirror.git');
  const second = await hooked.push('mirror', 'feature');
  expect(second.exitCode).not.toBe(0);
  expect(second.stderr).toContain('lib/key.dart:1');
});

it('a tag of a file or a folder, whose lines no commit adds, is refused here and on a server', async () => {
  const hooked = await HookedApp.make();
  const { app } = hooked;
  await app.write('key.txt', `glpat-${'x9Kf3Lq7Zt2Rw8Yb5Nc1'}\n`);
  const blob = await app.git('hash-object', '-w', 'key.txt');
  await rm(join(app.path, 'key.txt'));
  await app.git('tag', 'file', blob);
  await app.git('tag', '-a', '-m', 'x', 'folder', 'HEAD^{tree}');
  for (const tag of ['file', 'folder']) {
    const push = await hooked.push('origin', tag);
    expect(push.exitCode).not.toBe(0);
    expect(push.stderr).toContain(`${tag} names no commit`);
  }
  await runTagship(['hook', 'pre-receive', '--install'], { cwd: app.origin });
  expect((await hooked.push('--no-verify', 'origin', 'file')).stderr).toContain('file names no commit');
  expect(await hooked.published('refs/tags/file')).toBeUndefined();
});

// Re-expressed from the cases of git's own tests of the hook (t5571).
it.each([
  ['a branch under another name', ['origin', 'HEAD:foreign'], 'refs/heads/foreign'],
  ['a commit that is no branch', ['origin', 'HEAD~:refs/heads/prev'], 'refs/heads/prev'],
  ['a name with blanks in it', ['origin', 'HEAD@{10 years ago}:refs/heads/past'], 'refs/heads/past'],
  ['an address instead of a remote', ['../origin.git', 'HEAD:refs/heads/far'], 'refs/heads/far'],
  ['what push.default says', [], 'refs/heads/feature'],
])('%s is judged and pushed', async (_what, args, ref) => {
  const hooked = await HookedApp.make();
  await hooked.app.commit('lib/a.dart', '// a\n', 'feat: a');
  await hooked.app.git('config', 'push.default', 'current');
  expect(await hooked.push(...args)).toMatchObject({ exitCode: 0 });
  expect(await hooked.published(ref)).toBeDefined();
});

it('nothing to push is nothing to judge, and --no-verify goes past every hook here', async () => {
  const hooked = await HookedApp.make();
  expect(await hooked.push('origin', 'develop')).toMatchObject({ exitCode: 0 });
  await hooked.app.commit('lib/a.dart', '// a\n', 'feat: a');
  expect(await hooked.push('--no-verify', 'origin', 'HEAD:main')).toMatchObject({ exitCode: 0 });
  expect(hooked.testRuns()).toBe(0);
});

it.each(['</dev/null', '<&-'])('a hook whose input is lost (%s) refuses, with the reason', async (redirection) => {
  const hooked = await HookedApp.make();
  const run = await hooked.run('sh', [
    '-c',
    `'${process.execPath}' '${TAGSHIP}' hook pre-push origin url ${redirection}`,
  ]);
  expect(run).toMatchObject({ exitCode: 3 });
  expect(run.stderr).toContain('did not reach the hook');
  const hook = await hooked.run('sh', ['-c', `sh .husky/pre-push origin url ${redirection}`]);
  expect(hook).toMatchObject({ exitCode: 3 });
});

it('tagship push judges before git is started, and pushes what it judged', async () => {
  const hooked = await HookedApp.make();
  await hooked.app.commit('lib/a.dart', '// a\n', 'feat: a');
  expect(await hooked.tagship('push', '--dry-run')).toMatchObject({ exitCode: 0 });
  expect(await hooked.published('refs/heads/feature')).toBeUndefined();
  const push = await hooked.tagship('push', '--json', '-u', 'origin', 'feature');
  expect(JSON.parse(push.stdout)).toMatchObject({ outcome: 'pushed', refs: [{ ref: 'refs/heads/feature' }] });
  expect(await hooked.app.git('rev-parse', '--abbrev-ref', '@{upstream}')).toBe('origin/feature');
  expect(hooked.testRuns()).toBe(1);
  const refused = await hooked.tagship('push', 'origin', 'HEAD:main');
  expect(refused).toMatchObject({ exitCode: 3 });
  expect(refused.stderr).toContain('main is moved only by a release');
});

it('a server that judges pushes is not passed by', async () => {
  const hooked = await HookedApp.make();
  const { app } = hooked;
  const installed = await runTagship(['hook', 'pre-receive', '--install'], { cwd: app.origin });
  expect(installed).toMatchObject({ exitCode: 0 });
  const sneak = async (...refspecs: string[]) => (await hooked.push('--no-verify', 'origin', ...refspecs)).stderr;

  await app.commit(
    'tagship.yaml',
    'checks: { secrets: false, policy: { main: open, develop: open, tags: open } }\n',
    'ci: no rules',
  );
  expect(await sneak('HEAD:main')).toContain('main is moved only by a release');
  await app.commit('lib/key.dart', `const key = '${'glpat-'}${'x9Kf3Lq7Zt2Rw8Yb5Nc1'}';\n`, 'feat: key');
  expect(await sneak('feature')).toContain('lib/key.dart:1');
  await app.git('reset', '-q', '--hard', 'develop');
  expect(await sneak(':develop')).toContain('develop must not be deleted');
  await app.git('tag', '-a', '-m', 'x', 'v0.1.0', 'feature');
  expect(await sneak('v0.1.0')).toContain('v0.1.0 is not on main');
  await app.git('tag', '-d', 'v0.1.0');
  expect(Object.keys(await app.refs('origin')).sort()).toEqual(['refs/heads/develop', 'refs/heads/main']);

  await app.commit('lib/a.dart', '// a\n', 'feat: a');
  expect(await hooked.push('origin', 'feature')).toMatchObject({ exitCode: 0 });
  expect(await hooked.tagship('release', 'minor', '--yes')).toMatchObject({ exitCode: 0 });
  expect(await hooked.published('refs/tags/v0.2.0')).toBeDefined();
});

it('a forced push after a release takes nothing away that others have put on main meanwhile', async () => {
  const hooked = await HookedApp.make();
  const { app } = hooked;
  expect(await hooked.tagship('release', 'minor', '--yes')).toMatchObject({ exitCode: 0 });
  const elsewhere = join(app.folder, 'elsewhere');
  const run = (cwd: string, ...args: string[]) => runProgram('git', args, { cwd });
  await run(app.folder, 'clone', '-q', '-b', 'main', app.origin, elsewhere);
  const other = ['-c', 'user.name=O', '-c', 'user.email=o@example.com'];
  await run(elsewhere, ...other, 'commit', '-q', '--allow-empty', '-m', 'fix: theirs');
  await run(elsewhere, 'push', '-q', 'origin', 'main');
  const theirs = await hooked.published('refs/heads/main');
  const push = await hooked.push('--force', 'origin', 'main');
  expect(push.exitCode).not.toBe(0);
  expect(push.stderr).toContain('the push would take away commits that the remote has');
  expect(await hooked.published('refs/heads/main')).toBe(theirs);
});
