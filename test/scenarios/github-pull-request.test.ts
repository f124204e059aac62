import { describe, expect, it } from 'vitest';
import { AppRepository } from '../support/app-repository.ts';
import { GITHUB_ENV, GitHub } from '../support/github.ts';
import type { Finished } from '../support/tagship.ts';

const PROTECT_MAIN = '[ "$1" != refs/heads/main ] || { echo "main is protected" >&2; exit 1; }';

/** An app whose main takes no push, on GitHub. */
async function protectedApp() {
  const app = await AppRepository.make();
  await app.hook('origin', 'update', PROTECT_MAIN);
  const github = await GitHub.serve(app.origin);
  await github.configure(app);
  const tagship = (...args: string[]): Promise<Finished> => app.tagship(args, GITHUB_ENV);
  return { app, github, tagship };
}

describe('a release into a protected main', () => {
  it('pushes a branch and opens a pull request with the notes; main, develop and tags stay', async () => {
    const { app, github, tagship } = await protectedApp();
    const [local, remote] = [await app.refs(), await app.refs('origin')];
    const run = await tagship('release', 'minor', '--pr', '--yes');
    expect(run).toMatchObject({ exitCode: 0 });
    expect(run.stderr).toContain(`pull request #1: ${github.url}/owner/app/pull/1`);

    const branch = await app.git('rev-parse', 'release/v0.2.0');
    expect(await app.refs()).toEqual({ ...local, 'refs/heads/release/v0.2.0': branch });
    expect(await app.refs('origin')).toEqual({ ...remote, 'refs/heads/release/v0.2.0': branch });
    expect(await app.git('show', `${branch}:pubspec.yaml`)).toContain('version: 0.2.0+2');
    const { pulls } = await github.state();
    expect(pulls).toMatchObject([
      { state: 'open', branch: 'release/v0.2.0', base: 'main', body: expect.stringContaining('greet people') },
    ]);
  });

  it.each(['merge', 'squash', 'rebase'] as const)('is tagged and merged back after a %s', async (method) => {
    const { app, github, tagship } = await protectedApp();
    await tagship('release', 'minor', '--pr', '--yes');
    await app.commit('lib/later.dart', '\n', 'feat: later');
    await app.git('push', '-q', 'origin', 'develop');
    await github.merge(1, method);

    expect(await tagship('release', 'continue')).toMatchObject({ exitCode: 0 });
    const refs = await app.refs();
    expect(await app.refs('origin')).toEqual(refs);
    expect(Object.keys(refs)).toEqual(['refs/heads/develop', 'refs/heads/main', 'refs/tags/v0.2.0']);
    expect(await app.git('cat-file', '-t', 'v0.2.0')).toBe('tag');
    expect(await app.git('rev-parse', 'v0.2.0^{commit}')).toBe(refs['refs/heads/main']);
    expect(await app.git('show', 'main:pubspec.yaml')).toContain('version: 0.2.0+2');
    expect(await app.git('merge-base', '--is-ancestor', 'v0.2.0', 'develop')).toBe('');
    expect(await app.git('diff', '--name-only', 'main', 'develop')).toBe('lib/later.dart');
    expect(await app.git('status', '--porcelain', '--untracked-files=no')).toBe('');
    expect((await tagship('release', 'status')).stdout).toContain('no release is under way');
  });

  it('is merged back into what the remote has, where develop here only lags behind it', async () => {
    const { app, github, tagship } = await protectedApp();
    await tagship('release', 'minor', '--pr', '--yes');
    await app.commit('lib/later.dart', '\n', 'feat: later');
    await app.git('push', '-q', 'origin', 'develop');
    const there = await app.git('rev-parse', 'develop');
    await app.git('reset', '-q', '--hard', 'HEAD~1');
    await github.merge(1, 'merge');

    expect(await tagship('release', 'continue')).toMatchObject({ exitCode: 0 });
    expect(await app.refs('origin')).toEqual(await app.refs());
    expect(await app.git('rev-parse', 'develop^1')).toBe(there);
    expect(app.read('lib/later.dart')).toBe('\n');
    expect(await app.git('status', '--porcelain', '--untracked-files=no')).toBe('');
  });

  it('waits, and changes nothing, until the pull request is merged', async () => {
    const { app, github, tagship } = await protectedApp();
    await tagship('release', 'minor', '--pr', '--yes');
    const [local, remote] = [await app.refs(), await app.refs('origin')];
    for (const args of [
      ['release', 'continue'],
      ['release', 'minor', '--pr', '--yes'],
    ]) {
      const run = await tagship(...args);
      expect(run.exitCode).toBe(3);
      expect(run.stderr).toContain('pull request #1 is not merged yet');
      expect(run.stderr).toContain(`${github.url}/owner/app/pull/1`);
    }
    await github.close(1);
    const closed = await tagship('release', 'continue');
    expect(closed.exitCode).toBe(3);
    expect(closed.stderr).toContain('closed without being merged');
    expect(closed.stderr).toContain('tagship release abort');
    expect([await app.refs(), await app.refs('origin')]).toEqual([local, remote]);
    expect((await github.state()).pulls).toHaveLength(1);
  });

  it('is found merged by the history alone, also when main has moved on since', async () => {
    const { app, github, tagship } = await protectedApp();
    await tagship('release', 'minor', '--pr', '--yes');
    await app.hook('origin', 'update', 'exit 0');
    await app.git('switch', '-q', 'main');
    await app.git('merge', '-q', '--no-ff', '-m', 'by hand', 'release/v0.2.0');
    const merge = await app.git('rev-parse', 'main');
    await app.commit('lib/urgent.dart', '\n', 'fix: urgent');
    await app.git('push', '-q', 'origin', 'main');
    await app.git('switch', '-q', 'develop');
    expect(await tagship('release', 'continue')).toMatchObject({ exitCode: 0 });
    expect(await app.git('rev-parse', 'v0.2.0^{commit}')).toBe(merge);
    expect((await github.state()).pulls).toMatchObject([{ state: 'closed' }]);
  });

  it('goes for a hotfix too, and for a release branch that lived for days', async () => {
    const { app, github, tagship } = await protectedApp();
    await tagship('hotfix', 'urgent');
    await app.commit('lib/main.dart', 'void main() { /* mended */ }\n', 'fix: urgent');
    expect(await tagship('hotfix', 'urgent', '--pr', '--yes')).toMatchObject({ exitCode: 0 });
    await github.merge(1, 'squash');
    expect(await tagship('hotfix', 'urgent', '--pr', '--yes')).toMatchObject({ exitCode: 0 });
    expect(await app.git('show', 'v0.1.1:lib/main.dart')).toContain('mended');
    expect(await app.git('show', 'develop:lib/main.dart')).toContain('mended');

    await tagship('release', 'start', 'minor');
    await app.commit('lib/polish.dart', '\n', 'fix: polish');
    expect(await tagship('release', 'finish', '--pr', '--yes')).toMatchObject({ exitCode: 0 });
    await github.merge(2, 'merge');
    expect(await tagship('release', 'continue')).toMatchObject({ exitCode: 0 });
    const refs = await app.refs();
    expect(await app.refs('origin')).toEqual(refs);
    expect(Object.keys(refs)).toEqual([
      'refs/heads/develop',
      'refs/heads/main',
      'refs/tags/v0.1.1',
      'refs/tags/v0.2.0',
    ]);
    expect(await app.git('branch', '--show-current')).toBe('develop');
  });

  it('is refused with another version than was merged, and can then be given up', async () => {
    const { app, github, tagship } = await protectedApp();
    await tagship('release', 'minor', '--pr', '--yes');
    await app.git('switch', '-q', 'release/v0.2.0');
    const pubspec = app.read('pubspec.yaml').replace('0.2.0+2', '0.3.0+3');
    await app.commit('pubspec.yaml', pubspec, 'chore: another version');
    await app.git('push', '-q', 'origin', 'release/v0.2.0');
    await app.git('switch', '-q', 'develop');
    await github.merge(1);
    const run = await tagship('release', 'continue');
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('pubspec.yaml has 0.3.0+3 and not 0.2.0+2');
    expect(await tagship('release', 'abort')).toMatchObject({ exitCode: 0 });
    expect(Object.keys(await app.refs('origin'))).not.toContain('refs/tags/v0.2.0');
  });
});

describe('abort of a proposed release', () => {
  it('closes the pull request, and deletes the branch here and there', async () => {
    const { app, github, tagship } = await protectedApp();
    const [local, remote, tree] = [await app.refs(), await app.refs('origin'), await app.fingerprint()];
    await tagship('release', 'minor', '--pr', '--yes');
    expect(await tagship('release', 'abort')).toMatchObject({ exitCode: 0 });
    expect([await app.refs(), await app.refs('origin')]).toEqual([local, remote]);
    expect(await app.fingerprint()).toBe(tree);
    expect((await github.state()).pulls).toMatchObject([{ state: 'closed', mergedAt: null }]);
    // The same words make a new one.
    expect(await tagship('release', 'minor', '--pr', '--yes')).toMatchObject({ exitCode: 0 });
    expect((await github.state()).pulls).toMatchObject([{ state: 'closed' }, { number: 2, state: 'open' }]);
  });

  it('leaves a branch alone that others have added to', async () => {
    const { app, github, tagship } = await protectedApp();
    await tagship('release', 'minor', '--pr', '--yes');
    await app.git('switch', '-q', 'release/v0.2.0');
    await app.commit('lib/review.dart', '\n', 'fix: review');
    await app.git('push', '-q', 'origin', 'release/v0.2.0');
    await app.git('switch', '-q', 'develop');
    const run = await tagship('release', 'abort');
    expect(run).toMatchObject({ exitCode: 0 });
    expect(run.stderr).toContain('left alone, it has moved on since: release/v0.2.0 on origin');
    expect(Object.keys(await app.refs('origin'))).toContain('refs/heads/release/v0.2.0');
    expect((await github.state()).pulls).toMatchObject([{ state: 'closed' }]);
  });

  it('is refused once it is merged', async () => {
    const { github, tagship } = await protectedApp();
    await tagship('release', 'minor', '--pr', '--yes');
    await github.merge(1);
    const run = await tagship('release', 'abort');
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('main has v0.2.0 already');
  });
});

describe('a proposal that waits for its merge', () => {
  it("is in no hotfix's way, gets it merged back, and is concluded afterwards", async () => {
    const { app, github, tagship } = await protectedApp();
    await tagship('release', 'minor', '--pr', '--yes');
    await tagship('hotfix', 'urgent');
    await app.commit('lib/main.dart', 'void main() { /* mended */ }\n', 'fix: urgent');
    expect(await tagship('hotfix', 'urgent', '--pr', '--yes')).toMatchObject({ exitCode: 0 });

    const status = await tagship('release', 'status');
    expect(status.stdout).toContain('Release v0.2.0 waits for the merge of release/v0.2.0');
    expect(status.stdout).toContain('tagship release continue v0.1.1');
    const which = await tagship('release', 'continue');
    expect(which.exitCode).toBe(3);
    expect(which.stderr).toContain('several releases wait for their pull requests');

    await github.merge(2, 'squash');
    expect(await tagship('release', 'continue', 'v0.1.1')).toMatchObject({ exitCode: 0 });
    expect(await app.git('show', 'origin/release/v0.2.0:lib/main.dart')).toContain('mended');
    await github.merge(1, 'merge');
    expect(await tagship('release', 'continue')).toMatchObject({ exitCode: 0 });
    const refs = await app.refs();
    expect(await app.refs('origin')).toEqual(refs);
    const tags = ['refs/tags/v0.1.1', 'refs/tags/v0.2.0'];
    expect(Object.keys(refs)).toEqual(['refs/heads/develop', 'refs/heads/main', ...tags]);
    for (const branch of ['main', 'develop'])
      expect(await app.git('show', `${branch}:lib/main.dart`)).toContain('mended');
  });

  it('is undone by its name, and a release with another name is left alone', async () => {
    const { app, github, tagship } = await protectedApp();
    await tagship('release', 'minor', '--pr', '--yes');
    await tagship('hotfix', 'urgent');
    await app.commit('lib/main.dart', 'void main() { /* mended */ }\n', 'fix: urgent');
    await tagship('hotfix', 'urgent', '--pr', '--yes');
    expect(await tagship('release', 'abort')).toMatchObject({ exitCode: 3 });
    expect(await tagship('release', 'abort', '9.9.9')).toMatchObject({ exitCode: 3 });
    expect(await tagship('release', 'abort', 'v0.2.0')).toMatchObject({ exitCode: 0 });
    expect((await github.state()).pulls).toMatchObject([{ state: 'closed' }, { state: 'open' }]);
    expect(await tagship('release', 'abort')).toMatchObject({ exitCode: 0 });
    expect((await github.state()).pulls).toMatchObject([{ state: 'closed' }, { state: 'closed' }]);
    expect(Object.keys(await app.refs('origin'))).toEqual(['refs/heads/develop', 'refs/heads/main']);
  });

  it('is not released by another way at the same time', async () => {
    const { app, tagship } = await protectedApp();
    await tagship('release', 'minor', '--pr', '--yes');
    const before = [await app.refs(), await app.refs('origin')];
    for (const args of [
      ['release', 'finish', '--yes'],
      ['release', '0.2.0', '--yes'],
    ]) {
      expect(await tagship(...args)).toMatchObject({ exitCode: 3 });
    }
    expect([await app.refs(), await app.refs('origin')]).toEqual(before);
  });
});
