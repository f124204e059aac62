import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppRepository } from '../support/app-repository.ts';
import { runProgram, runTagship } from '../support/tagship.ts';

/** Runs a release that must be refused and checks the promise of every refusal: nothing moved, and what to type next. */
async function expectRefused(
  app: AppRepository,
  code: string,
  args: readonly string[] = ['release', 'minor', '--yes'],
) {
  const [local, remote, tree] = [await app.refs('app'), await app.refs('origin'), await app.fingerprint()];
  const run = await app.tagship([...args, '--json']);
  expect(run.stderr).toContain('next:');
  expect(run.stderr).not.toMatch(/^\s+at /m);
  const document = JSON.parse(run.stdout) as { exit: number; problems: { code: string; fix: string }[] };
  expect(document.problems.map((problem) => problem.code)).toContain(code);
  expect(document.exit).toBe(run.exitCode);
  expect(await app.refs('app')).toEqual(local);
  expect(await app.refs('origin')).toEqual(remote);
  expect(await app.fingerprint()).toBe(tree);
  expect(run.exitCode).toBe(3);
  return document;
}

describe('a release is refused, with nothing changed, when', () => {
  it('analysis fails', async () => {
    const app = await AppRepository.make();
    await app.write('tagship.yaml', 'checks: { analyze: "echo no types here; exit 1", test: "true" }\n');
    await expectRefused(app, 'gate-failed');
  });

  it('tests fail', async () => {
    const app = await AppRepository.make();
    await app.write('tagship.yaml', 'checks: { analyze: "true", test: "exit 1" }\n');
    await expectRefused(app, 'gate-failed');
  });

  it('a gate hangs beyond its time', async () => {
    const app = await AppRepository.make();
    await app.write('tagship.yaml', 'checks: { analyze: "sleep 600 & sleep 600", test: false, timeout: 500ms }\n');
    await expectRefused(app, 'gate-timeout');
  });

  it('flutter is not installed', async () => {
    const app = await AppRepository.make();
    await app.write('tagship.yaml', 'checks: { analyze: no-such-flutter analyze }\n');
    await expectRefused(app, 'gate-missing');
  });

  it('the remote is down', async () => {
    const app = await AppRepository.make();
    await rename(app.origin, `${app.origin}.away`);
    const run = await app.tagship(['release', 'minor', '--yes']);
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('origin cannot be read');
    expect(Object.keys(await app.refs())).toEqual(['refs/heads/develop', 'refs/heads/main']);
  });

  it('there is no remote', async () => {
    const app = await AppRepository.make();
    await app.git('remote', 'remove', 'origin');
    await expectRefused(app, 'no-remote');
  });

  it('the tag exists', async () => {
    const app = await AppRepository.make();
    await app.git('tag', '-a', '-m', 'taken', 'v0.2.0', 'main');
    await expectRefused(app, 'tag-exists');
  });

  it('the tag was made by hand, and the version that is named instead can be released', async () => {
    const app = await AppRepository.make();
    await app.git('tag', 'v0.2.0', 'develop');
    const { problems } = await expectRefused(app, 'tag-exists');
    expect(problems.map(({ code }) => code)).toEqual(['tag-exists']);
    expect(problems[0]?.fix).toMatch(/^tagship release 0\.2\.1 .*git tag -d v0\.2\.0/);
    expect((await app.tagship(['release', '0.2.1', '--dry-run'])).exitCode).toBe(0);
    const patch = await expectRefused(app, 'version-not-higher', ['release', 'patch', '--yes']);
    expect(patch.problems.find(({ code }) => code === 'version-not-higher')?.fix).toContain('tagship release 0.2.1');
  });

  it('develop’s tagship.yaml has mistakes, which is told as develop’s', async () => {
    const app = await AppRepository.make();
    await app.commit('tagship.yaml', 'bad: 1\n', 'chore: bad');
    await app.write('tagship.yaml', 'checks: {}\n');
    const run = await app.tagship(['release', 'minor', '--yes']);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('tagship.yaml of develop has a mistake');
  });

  it.each([
    ['there is no remote', 'no-remote', ['remote', 'remove', 'origin'], 'git remote add origin <url>'],
    ['the remote is a mirror', 'remote-mirror', ['config', 'remote.origin.mirror', 'true'], 'git config --unset'],
  ])('it is to be published and %s', async (_what, code, setting, fix) => {
    const app = await AppRepository.make();
    await app.tagship(['release', 'minor', '--yes', '--no-push']);
    await app.git(...setting);
    const { problems } = await expectRefused(app, code, ['release', 'publish', '--yes']);
    expect(problems[0]?.fix).toContain(fix);
  });

  it('a pubspec is no YAML, of which the line is told', async () => {
    const app = await AppRepository.make();
    await app.commit('pubspec.yaml', 'name: a\nversion: 1.0.0\ndependencies: [\n', 'chore: break');
    const { problems } = await expectRefused(app, 'pubspec-uneditable');
    expect(problems[0]).toMatchObject({ why: expect.stringMatching(/^it is not valid YAML, line \d: /) });
    expect(problems[0]?.fix).toContain('mend that line');
  });

  it('a branch is called master', async () => {
    const app = await AppRepository.make({ origin: false });
    await app.git('branch', '-m', 'main', 'master');
    await app.git('branch', '-D', 'develop', '-f').catch(() => undefined);
    const run = await app.tagship(['release', 'minor', '--yes', '--no-push']);
    expect(run.stderr).toContain(
      'next: git branch -m master main, or name your branch in tagship.yaml: release: { branches: { main: master } }',
    );
  });

  it('the tag exists on the remote alone', async () => {
    const app = await AppRepository.make();
    await app.gitAtOrigin('tag', 'v0.2.0', 'main');
    await expectRefused(app, 'tag-exists-remote');
  });

  it('the version is not higher than the last release', async () => {
    const app = await AppRepository.make();
    await app.git('tag', 'v3.0.0', 'main');
    await expectRefused(app, 'version-not-higher');
  });

  it('the clone is shallow', async () => {
    const app = await AppRepository.make();
    const shallow = join(app.folder, 'shallow');
    await runProgram('git', ['clone', '-q', '--depth=1', '--no-single-branch', `file://${app.origin}`, shallow], {
      cwd: app.folder,
    });
    await runProgram('git', ['branch', 'develop', 'origin/develop'], { cwd: shallow });
    const run = await runTagship(['release', 'minor', '--yes'], { cwd: shallow });
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('next: git fetch --unshallow origin');
  });

  it('develop is missing', async () => {
    const app = await AppRepository.make();
    await app.git('switch', '-q', 'main');
    await app.git('branch', '-q', '-D', 'develop');
    const document = await expectRefused(app, 'branch-missing');
    expect(document.problems[0]?.fix).toBe('git fetch origin develop:develop');
  });

  it('develop lacks what others pushed, and has commits of its own', async () => {
    const app = await AppRepository.make();
    await app.commit('later.txt', 'later\n', 'feat: later');
    await app.git('push', '-q', 'origin', 'develop');
    await app.git('reset', '-q', '--hard', 'HEAD~1');
    await app.commit('mine.txt', 'mine\n', 'feat: mine');
    await expectRefused(app, 'branch-behind');
  });

  it('a merge is in progress on main', async () => {
    const app = await AppRepository.make();
    await app.git('switch', '-q', 'main');
    await app.commit('lib/greeting.dart', '// mine\n', 'fix: mine');
    await app.git('push', '-q', 'origin', 'main');
    await runProgram('git', ['merge', 'develop'], { cwd: app.path });
    await expectRefused(app, 'operation-in-progress');
  });

  it('main and develop have nothing in common', async () => {
    const app = await AppRepository.make({ origin: false });
    const tree = await app.git('rev-parse', 'main^{tree}');
    await app.git('branch', '-f', 'main', await app.git('commit-tree', '-m', 'fix: other', tree));
    const run = await app.tagship(['release', 'minor', '--no-push', '--no-checks']);
    expect(run).toMatchObject({ exitCode: 3 });
    expect(run.stderr).toContain('unrelated histories\n  next: mend what git says');
  });

  it('a hotfix without a main, here or there', async () => {
    const app = await AppRepository.make({ origin: false });
    await app.git('branch', '-q', '-D', 'main');
    const run = await app.tagship(['hotfix', 'urgent']);
    expect(run).toMatchObject({ exitCode: 3 });
    expect(run.stderr).toContain('next: git branch main <the commit that is in production>');
  });

  it('an abort of what is out, which is mended instead', async () => {
    const app = await AppRepository.make();
    expect(await app.tagship(['release', 'minor', '--no-checks'])).toMatchObject({ exitCode: 0 });
    const run = await app.tagship(['release', 'abort']);
    expect(run).toMatchObject({ exitCode: 3 });
    expect(run.stderr).toContain('tagship hotfix NAME');
  });

  it('main and develop conflict', async () => {
    const app = await AppRepository.make();
    await app.git('switch', '-q', 'main');
    await app.commit('lib/greeting.dart', '// mine\n', 'fix: mine');
    await app.git('push', '-q', 'origin', 'main');
    await app.git('switch', '-q', 'develop');
    const document = await expectRefused(app, 'merge-conflict');
    expect(JSON.stringify(document)).toContain('lib/greeting.dart');
  });

  it('an uncommitted change is in a file that the release changes', async () => {
    const app = await AppRepository.make();
    await app.write('pubspec.yaml', 'name: greeter\nversion: 9.9.9\n');
    await expectRefused(app, 'uncommitted-in-the-way');
  });

  it('the pubspec cannot be edited safely', async () => {
    const app = await AppRepository.make();
    await app.commit('pubspec.yaml', 'name: greeter\nversion: >\n  1.0.0\n', 'chore: fold it');
    await app.git('push', '-q', 'origin', 'develop');
    await expectRefused(app, 'pubspec-uneditable');
  });

  it('several things are wrong, and says them all at once', async () => {
    const app = await AppRepository.make();
    await app.git('switch', '-q', '--detach');
    await app.git('branch', '-q', '-D', 'develop', 'main');
    const document = await expectRefused(app, 'branch-missing');
    expect(document.problems).toHaveLength(2);
  });
});

describe('a mistake in how it is called or configured ends with 2 and no stack', () => {
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    ['an unknown bump', ['release', 'gigantic'], ''],
    ['no bump', ['release'], ''],
    ['an unknown option', ['release', 'minor', '--frobnicate'], ''],
    ['an unknown command', ['relaese', 'minor'], ''],
    ['malformed YAML', ['release', 'minor'], 'release: [unclosed\n'],
    ['an unknown key', ['release', 'minor'], 'relaese: {}\n'],
    ['a hostile branch name', ['release', 'minor'], 'release: { branches: { main: "--upload-pack=touch /tmp/x" } }\n'],
    ['a folder without repository', ['-C', '/', 'release', 'minor'], ''],
  ];
  it.each(cases)('%s', async (_name, args, config) => {
    const app = await AppRepository.make();
    if (config !== '') await app.write('tagship.yaml', config);
    const run = await app.tagship(args);
    expect(run.exitCode).toBe(2);
    expect(run.stdout).toBe('');
    expect(run.stderr).not.toBe('');
    expect(run.stderr).not.toMatch(/^\s+at /m);
  });
});
