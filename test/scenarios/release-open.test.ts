import { describe, expect, it } from 'vitest';
import { AppRepository } from '../support/app-repository.ts';

const RELEASE = ['release', 'minor', '--yes', '--no-checks'];

async function refused(app: AppRepository, command: readonly string[], next: string) {
  const refs = await app.refs();
  const run = await app.tagship(command);
  expect(run).toMatchObject({ exitCode: 3 });
  expect(run.stderr).toContain(`next: ${next}`);
  expect(await app.refs()).toEqual(refs);
}

describe('one release at a time:', () => {
  it('none is made or started while a release branch is open', async () => {
    const app = await AppRepository.make();
    await app.tagship(['release', 'start', 'minor']);
    await app.git('switch', '-q', 'develop');
    await app.commit('lib/next.dart', '// next\n', 'feat: for the next one');
    for (const command of [RELEASE, ['release', 'start', 'major'], ['release', '3.0.0', '--yes']]) {
      await refused(app, [...command, '--no-push'], 'tagship release finish 0.2.0');
    }
  });

  it('none is made while one is open on the remote, but one that was released already is in nobody’s way', async () => {
    const app = await AppRepository.make();
    await app.gitAtOrigin('branch', 'release/v0.2.0', 'develop');
    await refused(app, RELEASE, 'git fetch origin && git switch release/v0.2.0, then: tagship release finish');
    await app.gitAtOrigin('branch', '-m', 'release/v0.2.0', 'release/v0.1.0');
    await app.git('tag', 'v0.1.0', 'main');
    await app.git('push', '-q', 'origin', 'v0.1.0');
    expect(await app.tagship(RELEASE)).toMatchObject({ exitCode: 0 });
  });

  it('a hotfix of another name is not begun while one is open', async () => {
    const app = await AppRepository.make();
    await app.tagship(['hotfix', 'critical-bug']);
    await app.git('switch', '-q', 'develop');
    await refused(app, ['hotfix', 'critcal-bug'], 'tagship hotfix critical-bug');
  });
});

describe('nothing is released', () => {
  it('without a commit, unless the version is named', async () => {
    const app = await AppRepository.make();
    expect(await app.tagship(RELEASE)).toMatchObject({ exitCode: 0 });
    await refused(app, RELEASE, 'commit something, or release v0.3.0 all the same: tagship release 0.3.0');
    await refused(
      app,
      ['release', 'start', 'minor'],
      'commit something, or release v0.3.0 all the same: tagship release start 0.3.0',
    );
    expect(await app.tagship(['release', '0.3.0', '--yes', '--no-checks'])).toMatchObject({ exitCode: 0 });
  });

  it('by a start that does not say which', async () => {
    const app = await AppRepository.make();
    const run = await app.tagship(['release', 'start']);
    expect(run).toMatchObject({ exitCode: 2 });
    expect(run.stderr).toContain('next: tagship release start minor');
  });

  it('by a pre-release that would come before the one there is', async () => {
    const app = await AppRepository.make();
    expect(await app.tagship([...RELEASE, '--pre', 'beta'])).toMatchObject({ exitCode: 0 });
    await app.commit('lib/next.dart', '// next\n', 'feat: more');
    await app.git('push', '-q', 'origin', 'develop');
    const patch = ['release', 'patch', '--yes', '--no-checks', '--pre'];
    await refused(app, [...patch, 'alpha'], 'tagship release patch --pre beta');
    expect(await app.tagship([...patch, 'rc'])).toMatchObject({ exitCode: 0 });
    expect((await app.git('tag')).split('\n')).toEqual(['v0.2.0-beta.1', 'v0.2.0-rc.1']);
  });
});

describe('status', () => {
  it('shows what is open, with the next command, fit to be typed', async () => {
    const app = await AppRepository.make();
    await app.tagship(['release', 'start', 'minor']);
    await app.git('branch', "hotfix/it's;urgent", 'main');
    const { stdout } = await app.tagship(['release', 'status']);
    expect(stdout).toContain('release/v0.2.0 is open\n  next: tagship release finish 0.2.0');
    expect(stdout).toContain(
      `next: git switch 'hotfix/it'\\''s;urgent', mend it, commit, then: tagship hotfix 'it'\\''s;urgent'`,
    );
    const { open } = JSON.parse((await app.tagship(['release', 'status', '--json'])).stdout) as { open: unknown };
    expect(open).toMatchObject([{ branch: 'release/v0.2.0' }, { branch: "hotfix/it's;urgent" }]);
  });
});

describe('a started release', () => {
  it('is given up by abort, and its version is free again', async () => {
    const app = await AppRepository.make();
    const before = await app.refs();
    await app.tagship(['release', 'start', 'minor']);
    await app.git('push', '-q', '-u', 'origin', 'release/v0.2.0');
    const refs = await app.refs();
    expect(await app.tagship(['release', 'abort', '--dry-run'])).toMatchObject({ exitCode: 0 });
    expect(await app.refs()).toEqual(refs);

    const run = await app.tagship(['release', 'abort']);
    expect(run).toMatchObject({ exitCode: 0 });
    expect(run.stderr).toContain('next: git push origin --delete release/v0.2.0');
    expect(await app.refs()).toEqual(before);
    expect(await app.git('symbolic-ref', '--short', 'HEAD')).toBe('develop');
    await app.git('push', '-q', 'origin', '--delete', 'release/v0.2.0');
    expect(await app.tagship(RELEASE)).toMatchObject({ exitCode: 0 });
  });

  it('is not given up with commits that are nowhere else', async () => {
    const app = await AppRepository.make();
    await app.tagship(['release', 'start', 'minor']);
    await app.commit('lib/fixed.dart', '// fixed\n', 'fix: found while testing');
    await refused(app, ['release', 'abort'], 'keep them, then the same command again: git branch kept/0.2.0');
    await app.git('branch', 'kept/0.2.0', 'release/v0.2.0');
    expect(await app.tagship(['release', 'abort'])).toMatchObject({ exitCode: 0 });
  });

  it('carries the name and the time of its plan, as every commit of a release does', async () => {
    const app = await AppRepository.make();
    const env = { GIT_AUTHOR_DATE: '@1000000000 +0200', GIT_COMMITTER_DATE: '@1000000000 +0200' };
    await app.tagship(['release', 'start', 'minor'], env);
    const [author, committer] = (await app.git('log', '-1', '--format=%ad%n%cd', '--date=raw')).split('\n');
    expect(author).toBe(committer);
    expect(author).toMatch(/^(?!1000000000)\d+ \+0200$/);
  });

  it.each<[string, (app: AppRepository) => Promise<unknown>, Record<string, string>]>([
    ['configured', (app) => app.git('config', 'author.email', 'team@example.com'), {}],
    ['of the environment', async () => {}, { GIT_AUTHOR_EMAIL: 'team@example.com' }],
  ])('has the author %s, where that is not the committer', async (_, prepare, env) => {
    const app = await AppRepository.make();
    await prepare(app);
    await app.tagship(['release', 'start', 'minor'], env);
    const made = await app.git('log', '-1', '--format=%an <%ae> %cn <%ce>');
    expect(made).toBe('Tester <team@example.com> Tester <tester@example.com>');
  });
});

it('a dry run of a finish writes nothing, not even a fresh index', async () => {
  const app = await AppRepository.make();
  await app.tagship(['release', 'start', 'minor']);
  await app.write('lib/main.dart', app.read('lib/main.dart'));
  const { statSync } = await import('node:fs');
  const index = () => statSync(`${app.path}/.git/index`, { bigint: true }).mtimeNs;
  const before = index();
  expect(await app.tagship(['release', 'finish', '--dry-run'])).toMatchObject({ exitCode: 0 });
  expect(index()).toBe(before);
});
