import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { PUBSPEC } from '../support/app-repository.ts';
import { HookedApp } from '../support/hooked-app.ts';
import { runTagship } from '../support/tagship.ts';

let hooked: HookedApp;
beforeEach(async () => {
  hooked = await HookedApp.make();
  await runTagship(['hook', 'pre-receive', '--install'], { cwd: hooked.app.origin });
});

const sneak = (...args: string[]) => hooked.push('--no-verify', 'origin', ...args);

it("a tag of one's own does not take from main and develop on the server what they had", async () => {
  const { app } = hooked;
  const before = await app.refs('origin');
  await app.git('switch', '-q', '--orphan', 'another');
  await app.write('pubspec.yaml', PUBSPEC.replace(/^version:.*$/m, 'version: 9.0.0+90'));
  await app.git('add', 'pubspec.yaml');
  await app.git('commit', '-q', '--no-verify', '-m', 'chore: another history');
  await app.git('tag', '-a', '-m', 'x', 'v9.0.0');
  const push = await sneak('+HEAD:main', '+HEAD:develop', 'v9.0.0');
  expect(push.stderr).toContain('main must not be rewritten');
  expect(push.stderr).toContain('develop must not be rewritten');
  expect(await app.refs('origin')).toEqual(before);
});

it('a replacement that was pushed is not judged in the place of a commit', async () => {
  const { app } = hooked;
  await app.commit('lib/a.dart', '// a\n', 'feat: a');
  expect(await sneak('HEAD:refs/heads/a')).toMatchObject({ exitCode: 0 });
  const [merged, commit] = [await app.git('rev-parse', 'HEAD'), await makeDirect()];
  const merge = await app.git('commit-tree', `${commit}^{tree}`, '-p', 'develop', '-p', merged, '-m', 'merge a');
  expect(await sneak(`${merge}:refs/replace/${commit}`)).toMatchObject({ exitCode: 0 });
  expect((await sneak(`${commit}:develop`)).stderr).toContain('develop is moved by merges');
});

async function makeDirect(): Promise<string> {
  const { app } = hooked;
  await app.git('switch', '-q', '-c', 'direct', 'develop');
  await app.commit('lib/b.dart', '// b\n', 'feat: b');
  return app.git('rev-parse', 'HEAD');
}

it.each(['refs/heads/master', 'refs/heads/develop'])(
  'the rules are those that main has, also where HEAD of the server names %s',
  async (head) => {
    const { app } = hooked;
    await app.commit('lib/a.dart', '// a\n', 'feat: a');
    const direct = async () => (await sneak('HEAD:develop')).stderr;
    expect(await direct()).toContain('develop is moved by merges');
    await app.gitAtOrigin('symbolic-ref', 'HEAD', head);
    expect(await direct()).toContain('develop is moved by merges');

    await app.git('switch', '-q', 'main');
    await app.commit('tagship.yaml', 'checks: { policy: { main: open, develop: open } }\n', 'ci: open');
    await app.git(
      'push',
      '-q',
      '--no-verify',
      '--receive-pack=git -c core.hooksPath=/dev/null receive-pack',
      'origin',
      'main',
    );
    await app.git('switch', '-q', 'feature');
    expect(await sneak('HEAD:develop')).toMatchObject({ exitCode: 0 });
  },
);

it('main is moved and deleted by no other name that leads to it, and by none that it leads to', async () => {
  const { app } = hooked;
  await app.gitAtOrigin('symbolic-ref', 'refs/heads/master', 'refs/heads/main');
  await app.commit('lib/a.dart', '// a\n', 'feat: a');
  const before = await app.refs('origin');
  expect((await sneak('HEAD:master')).stderr).toContain('main is moved only by a release');
  expect((await sneak(':master')).stderr).toContain('main must not be deleted');
  expect(await app.refs('origin')).toEqual(before);

  await app.gitAtOrigin('symbolic-ref', '-d', 'refs/heads/master');
  await app.gitAtOrigin('branch', 'trunk', 'main');
  await app.gitAtOrigin('symbolic-ref', 'refs/heads/main', 'refs/heads/trunk');
  expect((await sneak('HEAD:trunk')).stderr).toContain('main is moved only by a release');
});

it('with tags that are open main is moved by a release all the same, and by no other tag', async () => {
  const { app } = hooked;
  await app.git('switch', '-q', 'main');
  await app.commit('tagship.yaml', 'checks: { policy: { tags: open } }\n', 'ci: tags are open');
  await app.git('switch', '-q', 'develop');
  await app.git('merge', '-q', '--no-ff', '-m', 'merge main', 'main');
  await removeHook(async () => void (await app.git('push', '-q', '--no-verify', 'origin', 'main', 'develop')));
  await app.git('switch', '-q', '-c', 'direct', 'develop');
  await app.commit('lib/a.dart', '// a\n', 'feat: a');
  const before = await app.refs('origin');
  await app.git('tag', 'v0.1.0');
  await app.git('tag', '-a', '-m', 'x', 'v99.0.0');
  for (const tag of ['v0.1.0', 'v99.0.0']) {
    for (const branch of ['main', 'develop']) {
      expect((await sneak(`HEAD:${branch}`, tag)).stderr).toContain(`${branch} is moved`);
    }
  }
  expect(await app.refs('origin')).toEqual(before);
  expect(await sneak('v99.0.0')).toMatchObject({ exitCode: 0 });
  await app.git('push', '-q', '--no-verify', 'origin', ':v99.0.0');
  await app.git('tag', '-d', 'v0.1.0', 'v99.0.0');
  await app.git('switch', '-q', 'develop');
  expect(await hooked.tagship('release', 'minor', '--yes')).toMatchObject({ exitCode: 0 });
  expect(await hooked.published('refs/tags/v0.2.0')).toBeDefined();
});

describe('where HEAD of the server names no branch,', () => {
  async function trunk() {
    const { app } = hooked;
    await app.gitAtOrigin('symbolic-ref', 'HEAD', 'refs/heads/master');
    await app.git('switch', '-q', '-c', 'trunk', 'main');
    await app.commit('tagship.yaml', 'release: { branches: { main: trunk } }\n', 'ci: trunk');
    await app.git('push', '-q', '--no-verify', 'origin', 'trunk');
    await app.commit('lib/a.dart', '// a\n', 'feat: a');
  }
  // As one that is new has it.
  beforeEach(() => hooked.app.gitAtOrigin('update-ref', '-d', 'refs/heads/main'));

  it('the rules are those of the branch that calls itself main', async () => {
    await removeHook(trunk);
    const before = await hooked.app.refs('origin');
    expect((await sneak('HEAD:trunk')).stderr).toContain('trunk is moved only by a release');
    expect((await sneak('--force', 'main:trunk')).stderr).toContain('trunk must not be rewritten');
    expect(await hooked.app.refs('origin')).toEqual(before);
  });

  it('nobody gets other rules by pushing one more that does', async () => {
    await removeHook(trunk);
    const { app } = hooked;
    await app.git('switch', '-q', '-c', 'mine');
    const open = 'checks: { secrets: false, policy: { main: open, develop: open, tags: open } }';
    await app.commit('tagship.yaml', `release: { branches: { main: mine } }\n${open}\n`, 'ci: mine');
    expect(await sneak('mine')).toMatchObject({ exitCode: 0 });
    expect((await sneak('HEAD:trunk')).stderr).toContain('trunk is moved only by a release');
  });

  it('it says what to do when none calls itself main, and when the hook is installed', async () => {
    const { app } = hooked;
    await app.gitAtOrigin('symbolic-ref', 'HEAD', 'refs/heads/master');
    const next = 'git symbolic-ref HEAD refs/heads/MAIN says which branch is main';
    expect((await sneak('HEAD:refs/heads/a')).stderr).toContain(next);
    const installed = await runTagship(['hook', 'pre-receive', '--install'], { cwd: app.origin });
    expect(installed).toMatchObject({ exitCode: 0, stderr: expect.stringContaining(next) });
  });
});

/** Runs `change` while the server judges nothing. */
async function removeHook(change: () => Promise<void>): Promise<void> {
  await rm(join(hooked.app.origin, 'hooks/pre-receive'));
  await change();
  await runTagship(['hook', 'pre-receive', '--install'], { cwd: hooked.app.origin });
}
