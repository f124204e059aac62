import { describe, expect, it } from 'vitest';
import { AppRepository } from '../support/app-repository.ts';
import { runProgram } from '../support/tagship.ts';

const parents = async (app: AppRepository, commit: string) =>
  (await app.git('rev-list', '--parents', '-n1', commit)).split(' ').slice(1);

describe('a release branch that lives for days', () => {
  it('is started with its version, gets fixes, and is finished with its changelog', async () => {
    const app = await AppRepository.make();
    expect(await app.tagship(['release', 'start', 'minor'])).toMatchObject({ exitCode: 0 });
    expect(await app.git('symbolic-ref', '--short', 'HEAD')).toBe('release/v0.2.0');
    expect(app.read('pubspec.yaml')).toContain('version: 0.2.0+2');
    await app.commit('lib/fixed.dart', '// fixed\n', 'fix: found while testing');

    const run = await app.tagship(['release', 'finish', '--yes']);
    expect(run).toMatchObject({ exitCode: 0 });
    expect(Object.keys(await app.refs())).toEqual(['refs/heads/develop', 'refs/heads/main', 'refs/tags/v0.2.0']);
    expect(await app.refs('origin')).toEqual(await app.refs());
    expect(await app.git('symbolic-ref', '--short', 'HEAD')).toBe('develop');
    expect(await app.git('status', '--porcelain')).toBe('');
    expect(app.read('CHANGELOG.md')).toContain('* found while testing');
    expect(app.read('pubspec.yaml')).toContain('version: 0.2.0+2');
  });

  it('takes along what is not committed, and names it in its plan', async () => {
    const app = await AppRepository.make();
    expect((await app.tagship(['release', 'start', 'minor', '--dry-run'])).stdout).not.toContain('comes along');
    const edited = 'void main() { /* half done */ }\n';
    await app.write('lib/main.dart', edited);
    const told = '! what is not committed comes along: lib/main.dart\n';
    expect((await app.tagship(['release', 'start', 'minor', '--dry-run'])).stdout).toContain(told);
    const started = await app.tagship(['release', 'start', 'minor']);
    expect(started).toMatchObject({ exitCode: 0, stderr: expect.stringContaining(told) });
    expect(app.read('lib/main.dart')).toBe(edited);
    expect(await app.git('status', '--porcelain')).toBe(' M lib/main.dart');
  });

  it('comes and goes although a post-checkout hook fails, which keeps git from nothing', async () => {
    const app = await AppRepository.make();
    await app.hook('app', 'post-checkout', 'exit 1');
    expect(await app.tagship(['release', 'start', 'minor'])).toMatchObject({ exitCode: 0 });
    expect(await app.tagship(['release', 'finish', '--yes', '--no-checks'])).toMatchObject({ exitCode: 0 });
    expect(Object.keys(await app.refs())).toEqual(['refs/heads/develop', 'refs/heads/main', 'refs/tags/v0.2.0']);
    expect(await app.git('symbolic-ref', '--short', 'HEAD')).toBe('develop');
  });

  it('is given up, where files are in the way, with the same command again', async () => {
    const app = await AppRepository.make();
    await app.tagship(['release', 'start', 'minor']);
    const begun = app.read('pubspec.yaml');
    await app.write('pubspec.yaml', `${begun}# mine\n`);
    const refused = await app.tagship(['release', 'abort', '--yes']);
    expect(refused.stderr).toContain('next: move the named files aside, then run the same command again');
    await app.write('pubspec.yaml', begun);
    expect(await app.tagship(['release', 'abort', '--yes'])).toMatchObject({ exitCode: 0 });
    expect(Object.keys(await app.refs())).toEqual(['refs/heads/develop', 'refs/heads/main']);
  });

  it('is finished by its own configuration, whatever branch is checked out', async () => {
    const app = await AppRepository.make();
    await app.tagship(['release', 'start', 'minor']);
    await app.commit('tagship.yaml', 'release: { changelog: NEWS.md }\n', 'chore: configure');
    await app.git('switch', '-q', 'main');
    expect(await app.tagship(['release', 'finish', '--yes'])).toMatchObject({ exitCode: 0 });
    expect(await app.git('show', 'main:NEWS.md')).toContain('0.2.0');
  });

  it('takes in what develop got meanwhile and leaves it unreleased', async () => {
    const app = await AppRepository.make();
    await app.tagship(['release', 'start', 'minor']);
    await app.git('switch', '-q', 'develop');
    await app.commit('lib/next.dart', '// next\n', 'feat: for the next one');
    const develop = await app.git('rev-parse', 'develop');
    expect(await app.tagship(['release', 'finish', '--yes'])).toMatchObject({ exitCode: 0 });

    const merge = await app.git('rev-parse', 'v0.2.0^{commit}');
    expect(await parents(app, 'develop')).toEqual([develop, merge]);
    expect(await app.git('show', 'develop:lib/next.dart')).toBe('// next');
    await expect(app.git('show', 'main:lib/next.dart')).rejects.toThrow('exists on disk');
  });

  it('takes its published branch away with the same push', async () => {
    const app = await AppRepository.make();
    await app.tagship(['release', 'start', 'minor']);
    await app.git('push', '-q', '-u', 'origin', 'release/v0.2.0');
    expect(await app.tagship(['release', 'finish', '--yes'])).toMatchObject({ exitCode: 0 });
    expect(Object.keys(await app.refs('origin'))).toEqual([
      'refs/heads/develop',
      'refs/heads/main',
      'refs/tags/v0.2.0',
    ]);
  });

  it('is not finished while others have added to it', async () => {
    const app = await AppRepository.make();
    await app.tagship(['release', 'start', 'minor']);
    await app.commit('lib/a.dart', '// a\n', 'fix: a');
    await app.git('push', '-q', '-u', 'origin', 'release/v0.2.0');
    await app.git('reset', '-q', '--hard', 'HEAD~1');
    const run = await app.tagship(['release', 'finish', '--yes']);
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('release/v0.2.0 lacks commits that origin/release/v0.2.0 has');
  });

  it('is not finished with changes that are not committed', async () => {
    const app = await AppRepository.make();
    await app.tagship(['release', 'start', 'minor']);
    await app.write('lib/main.dart', 'void main() { /* almost */ }\n');
    const run = await app.tagship(['release', 'finish', '--yes']);
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('lib/main.dart');
  });

  it.each([
    ['none is open', [], 'no release is open'],
    ['several are', ['0.2.0', '0.3.0'], 'several releases are open'],
  ])('says so when %s', async (_what, versions, message) => {
    const app = await AppRepository.make();
    for (const version of versions) await app.git('branch', `release/v${version}`, 'develop');
    const run = await app.tagship(['release', 'finish', '--yes']);
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain(message);
    expect(run.stderr).toContain('next: ');
  });
});

describe('a hotfix', () => {
  /** An app whose v0.1.0 is out and whose develop has moved on. */
  async function released(): Promise<AppRepository> {
    const app = await AppRepository.make();
    await app.tagship(['release', '0.1.0', '--yes']);
    await app.commit('lib/next.dart', '// next\n', 'feat: for the next one');
    await app.git('push', '-q', 'origin', 'develop');
    return app;
  }

  it('is begun from main, and finished by the same command', async () => {
    const app = await released();
    expect(await app.tagship(['hotfix', 'critical-bug'])).toMatchObject({ exitCode: 0 });
    expect(await app.git('symbolic-ref', '--short', 'HEAD')).toBe('hotfix/critical-bug');
    expect(await app.git('rev-parse', 'HEAD')).toBe(await app.git('rev-parse', 'main'));
    await app.commit('lib/main.dart', 'void main() { /* mended */ }\n', 'fix: the critical bug');

    expect(await app.tagship(['hotfix', 'critical-bug', '--yes'])).toMatchObject({ exitCode: 0 });
    expect(Object.keys(await app.refs())).toEqual([
      'refs/heads/develop',
      'refs/heads/main',
      'refs/tags/v0.1.0',
      'refs/tags/v0.1.1',
    ]);
    expect(await app.refs('origin')).toEqual(await app.refs());
    expect(await app.git('show', 'main:pubspec.yaml')).toContain('version: 0.1.1+3');
    expect(await app.git('show', 'develop:lib/main.dart')).toContain('mended');
    expect(await app.git('show', 'develop:lib/next.dart')).toBe('// next');
    await expect(app.git('show', 'main:lib/next.dart')).rejects.toThrow();
    expect(await app.git('symbolic-ref', '--short', 'HEAD')).toBe('develop');
    expect(await app.git('status', '--porcelain')).toBe('');
    expect(await app.git('log', '-1', '--format=%s', 'main')).toBe("Merge branch 'hotfix/critical-bug'");
  });

  it('may be called by its branch', async () => {
    const app = await released();
    expect(await app.tagship(['hotfix', 'hotfix/critical-bug'])).toMatchObject({ exitCode: 0 });
    expect(await app.git('symbolic-ref', '--short', 'HEAD')).toBe('hotfix/critical-bug');
    await app.commit('lib/main.dart', 'void main() { /* mended */ }\n', 'fix: the critical bug');
    expect(await app.tagship(['hotfix', 'hotfix/critical-bug', '--yes', '--no-checks'])).toMatchObject({ exitCode: 0 });
    expect(Object.keys(await app.refs())).toContain('refs/tags/v0.1.1');
  });

  it('that will not merge back says so in its dry run already, which writes nothing', async () => {
    const app = await released();
    await app.commit('lib/main.dart', 'void main() { /* going on */ }\n', 'feat: another main');
    await app.git('push', '-q', 'origin', 'develop');
    await app.tagship(['hotfix', 'urgent']);
    await app.commit('lib/main.dart', 'void main() { /* mended */ }\n', 'fix: urgent');
    const finish = ['hotfix', 'urgent', '--yes', '--no-checks'];
    const before = [await app.refs(), await app.git('count-objects', '-v')];
    const planned = await app.tagship([...finish, '--dry-run']);
    expect(planned.exitCode).toBe(0);
    expect(planned.stdout).toContain('this would be refused: v0.1.1 would not merge back into develop');
    expect(planned.stdout).toContain('lib/main.dart');
    const later = await app.tagship([...finish, '--dry-run', '--merge-back', 'later']);
    expect(later.stdout).toContain('the merge back into develop conflicts and is left for later');
    expect([await app.refs(), await app.git('count-objects', '-v')]).toEqual(before);
    const made = await app.tagship(finish);
    expect(made).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('would not merge back into develop') });
  });

  it('reaches an open release branch too, and the versions that meet there are settled', async () => {
    const app = await released();
    await app.tagship(['release', 'start', 'minor']);
    await app.git('switch', '-q', 'main');
    await app.tagship(['hotfix', 'urgent']);
    await app.commit('lib/main.dart', 'void main() { /* mended */ }\n', 'fix: urgent');
    const run = await app.tagship(['hotfix', 'urgent', '--yes']);
    expect(run).toMatchObject({ exitCode: 0 });

    expect(await app.git('show', 'release/v0.2.0:lib/main.dart')).toContain('mended');
    // The higher version of the two, with the highest build of both.
    expect(await app.git('show', 'release/v0.2.0:pubspec.yaml')).toContain('version: 0.2.0+4');
    expect(await app.git('show', 'v0.1.1:pubspec.yaml')).toContain('version: 0.1.1+4');
    await app.git('switch', '-q', 'release/v0.2.0');
    expect(await app.tagship(['release', 'finish', '--yes'])).toMatchObject({ exitCode: 0 });
    expect(await app.git('show', 'main:pubspec.yaml')).toContain('version: 0.2.0+5');
    expect(await app.git('show', 'main:CHANGELOG.md')).toMatch(/## 0\.2\.0 [\s\S]*## 0\.1\.1 [\s\S]*## 0\.1\.0 /);
  });

  it.each([1, 2])(
    'is no conflict for the release branch that got %i of them, where develop carries a beta',
    async (fixes) => {
      const app = await released();
      expect(await app.tagship(['release', 'minor', '--pre', 'beta', '--yes'])).toMatchObject({ exitCode: 0 });
      expect(await app.tagship(['release', '0.2.0-beta.2', '--yes'])).toMatchObject({ exitCode: 0 });
      await app.tagship(['release', 'start', 'minor']);
      for (let fix = 1; fix <= fixes; fix++) {
        await app.tagship(['hotfix', 'urgent']);
        await app.commit(`lib/mended${fix}.dart`, '// mended\n', `fix: urgent ${fix}`);
        expect(await app.tagship(['hotfix', 'urgent', '--yes'])).toMatchObject({ exitCode: 0 });
      }
      expect(await app.tagship(['release', 'finish', '--yes'])).toMatchObject({
        exitCode: 0,
        stderr: expect.any(String),
      });

      expect(await app.git('show', 'develop:pubspec.yaml')).toBe(await app.git('show', 'main:pubspec.yaml'));
      const sections = (await app.git('show', 'develop:CHANGELOG.md')).match(/(?<=^## )\S+/gm);
      const hotfixes = fixes === 1 ? ['0.1.1'] : ['0.1.2', '0.1.1'];
      expect(sections?.toSorted()).toEqual(['0.2.0', '0.2.0-beta.2', '0.2.0-beta.1', ...hotfixes, '0.1.0'].toSorted());
      expect(sections?.[0]).toBe('0.2.0');
    },
  );

  it('keeps what both sides wrote at the top of the changelog', async () => {
    const app = await released();
    const changelog = await app.git('show', 'develop:CHANGELOG.md');
    await app.commit(
      'CHANGELOG.md',
      changelog.replace('# Changelog\n', '# Changelog\n\n## [Unreleased]\n\n- soon\n'),
      'docs: soon',
    );
    await app.git('push', '-q', 'origin', 'develop');
    await app.tagship(['hotfix', 'urgent']);
    await app.commit('lib/main.dart', 'void main() { /* mended */ }\n', 'fix: urgent');
    expect(await app.tagship(['hotfix', 'urgent', '--yes'])).toMatchObject({ exitCode: 0 });

    const merged = await app.git('show', 'develop:CHANGELOG.md');
    expect(merged).toMatch(/## \[Unreleased\]\n\n- soon\n\n## 0\.1\.1 [\s\S]*\* urgent[\s\S]*\n\n## 0\.1\.0 /);
    expect(merged).not.toMatch(/[<|=>]{7}/);
  });

  it('that does not merge back is found before anything moves, or ships and waits in a branch', async () => {
    const app = await released();
    await app.commit('lib/main.dart', 'void main() { /* rewritten */ }\n', 'feat: rewrite');
    await app.git('push', '-q', 'origin', 'develop');
    await app.tagship(['hotfix', 'urgent']);
    await app.commit('lib/main.dart', 'void main() { /* mended */ }\n', 'fix: urgent');
    const [local, remote] = [await app.refs(), await app.refs('origin')];

    const stopped = await app.tagship(['hotfix', 'urgent', '--yes']);
    expect(stopped.exitCode).toBe(3);
    expect(stopped.stderr).toContain('both changed: lib/main.dart');
    expect(stopped.stderr).toContain('--merge-back later');
    expect([await app.refs(), await app.refs('origin')]).toEqual([local, remote]);

    const shipped = await app.tagship(['hotfix', 'urgent', '--yes', '--merge-back', 'later']);
    expect(shipped.exitCode).toBe(0);
    expect(shipped.stderr).toContain('next: git switch develop && git merge merge-back/v0.1.1');
    const { stdout } = await app.tagship(['release', 'status']);
    expect(stdout).toContain('merge-back/v0.1.1 is open\n  next: git switch develop && git merge merge-back/v0.1.1');
    const refs = await app.refs('origin');
    expect(refs['refs/heads/develop']).toBe(remote['refs/heads/develop']);
    expect(refs['refs/heads/merge-back/v0.1.1']).toBe(refs['refs/heads/main']);
    expect(Object.keys(refs)).toContain('refs/tags/v0.1.1');
  });

  it.each([
    ['what would be lost', 'lib/greeting.dart', 'next: git stash -u'],
    ['what git may not write', '.git/index.lock', 'next: mend what git names'],
  ])('is not begun for %s, and says what to do about that', async (_what, path, next) => {
    const app = await AppRepository.make();
    await app.write(path, 'in the way\n');
    const refs = await app.refs();
    const run = await app.tagship(['hotfix', 'urgent']);
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain(next);
    expect(await app.refs()).toEqual(refs);
  });

  it('takes along what is not committed, and names it', async () => {
    const app = await AppRepository.make();
    expect((await app.tagship(['hotfix', 'urgent', '--dry-run'])).stdout).not.toContain('comes along');
    const [edited, added] = ['void main() { /* half done */ }\n', '// new\n'];
    await app.write('lib/main.dart', edited);
    await app.write('lib/new.dart', added);
    await app.git('add', 'lib/new.dart');
    const told = '! what is not committed comes along: lib/main.dart, lib/new.dart\n';
    expect((await app.tagship(['hotfix', 'urgent', '--dry-run'])).stdout).toContain(told);
    const { exitCode, stdout, stderr } = await app.tagship(['hotfix', 'urgent', '--json']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringContaining(told) });
    expect(JSON.parse(stdout).uncommitted).toEqual(['lib/main.dart', 'lib/new.dart']);
    expect(await app.git('symbolic-ref', '--short', 'HEAD')).toBe('hotfix/urgent');
    expect([app.read('lib/main.dart'), app.read('lib/new.dart')]).toEqual([edited, added]);
  });

  it('with nothing in it is refused', async () => {
    const app = await released();
    await app.tagship(['hotfix', 'urgent']);
    const run = await app.tagship(['hotfix', 'urgent', '--yes']);
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('hotfix/urgent has no commits yet');
    const giveUp = /give it up: (git .*)\)/.exec(run.stderr)?.[1] ?? 'false';
    expect(await runProgram('sh', ['-c', giveUp], { cwd: app.path })).toMatchObject({ exitCode: 0 });
    expect(Object.keys(await app.refs())).not.toContain('refs/heads/hotfix/urgent');
  });

  it.each(['-rf', '../x', 'a b', 'x.lock', 'a..b', 'a~1', '', '@{u}', 'a\nb'])('cannot be named %j', async (name) => {
    const app = await AppRepository.make();
    const refs = await app.refs();
    const run = await app.tagship(['hotfix', '--', name]);
    expect(run.exitCode).toBe(2);
    expect(await app.refs()).toEqual(refs);
  });
});

describe('a pre-release', () => {
  it('is tagged on develop, and main is left to production', async () => {
    const app = await AppRepository.make();
    const { 'refs/heads/main': main } = await app.refs();
    expect(await app.tagship(['release', 'minor', '--pre', 'beta', '--yes'])).toMatchObject({ exitCode: 0 });
    await app.commit('lib/next.dart', '// next\n', 'feat: more');
    await app.git('push', '-q', 'origin', 'develop');
    expect(await app.tagship(['release', 'minor', '--pre', 'beta', '--yes'])).toMatchObject({ exitCode: 0 });
    const refs = await app.refs();
    expect(Object.keys(refs)).toEqual([
      'refs/heads/develop',
      'refs/heads/main',
      'refs/tags/v0.2.0-beta.1',
      'refs/tags/v0.2.0-beta.2',
    ]);
    expect(refs['refs/heads/main']).toBe(main);
    expect(await app.refs('origin')).toEqual(refs);
    expect(await app.git('rev-parse', 'v0.2.0-beta.2^{commit}')).toBe(refs['refs/heads/develop']);

    expect(await app.tagship(['release', 'minor', '--yes'])).toMatchObject({ exitCode: 0 });
    expect(await app.git('show', 'main:pubspec.yaml')).toContain('version: 0.2.0+4');
  });
});

describe('configured version files', () => {
  it('get the version of the pubspec, byte for byte', async () => {
    const app = await AppRepository.make();
    const files = {
      'package.json': '{\n\t"name": "x",\n\t"version": "0.1.0",  "private": true\n}',
      'lib/version.dart': "// made by hand\nconst appVersion = '0.1.0+1';\n",
      '.env.example': 'A=1\r\nAPP_VERSION=0.1.0\r\nB=2\r\n',
    };
    for (const [path, content] of Object.entries(files)) await app.commit(path, content, `chore: ${path}`);
    const after = [
      `{ path: lib/version.dart, after: "appVersion = '" }`,
      '{ path: .env.example, after: APP_VERSION= }',
    ];
    await app.commit('tagship.yaml', `release: { files: [package.json, ${after.join(', ')}] }\n`, 'chore: configure');
    await app.git('push', '-q', 'origin', 'develop');
    expect(await app.tagship(['release', 'minor', '--yes'])).toMatchObject({ exitCode: 0 });

    expect(app.read('package.json')).toBe(files['package.json'].replace('0.1.0', '0.2.0'));
    expect(app.read('lib/version.dart')).toBe(files['lib/version.dart'].replace('0.1.0+1', '0.2.0+2'));
    expect(app.read('.env.example')).toBe(files['.env.example'].replace('0.1.0', '0.2.0'));
  });

  it('are settled like the pubspec where a hotfix meets an open release', async () => {
    const app = await AppRepository.make();
    const after = { path: 'lib/version.dart', after: "appVersion = '" };
    await app.commit('tagship.yaml', `release: { files: ${JSON.stringify([after])} }\n`, 'chore: configure');
    await app.commit(after.path, "const appVersion = '0.1.0+1';\nconst appName = 'x';\n", 'feat: say which');
    await app.git('push', '-q', 'origin', 'develop');
    expect(await app.tagship(['release', '0.1.0', '--yes'])).toMatchObject({ exitCode: 0 });
    await app.commit('lib/next.dart', '// next\n', 'feat: for the next one');
    await app.git('push', '-q', 'origin', 'develop');
    expect(await app.tagship(['release', 'start', 'minor'])).toMatchObject({ exitCode: 0 });
    expect(await app.tagship(['hotfix', 'urgent'])).toMatchObject({ exitCode: 0 });
    await app.commit('lib/main.dart', 'void main() { /* mended */ }\n', 'fix: urgent');
    expect(await app.tagship(['hotfix', 'urgent', '--yes'])).toMatchObject({ exitCode: 0 });

    expect(await app.git('show', 'v0.1.1:lib/version.dart')).toContain("'0.1.1+4'");
    const settled = "const appVersion = '0.2.0+4';\nconst appName = 'x';";
    expect(await app.git('show', 'release/v0.2.0:lib/version.dart')).toBe(settled);
  });

  it('that cannot be edited stop the release', async () => {
    const app = await AppRepository.make();
    await app.commit('a.txt', 'v=1.0.0 v=2.0.0\n', 'chore: a');
    await app.git('push', '-q', 'origin', 'develop');
    await app.write('tagship.yaml', 'release: { files: [{ path: a.txt, after: v= }] }\n');
    const run = await app.tagship(['release', 'minor', '--yes']);
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('more than once');
  });
});

describe('the build number', () => {
  it('may come from a variable, and must grow', async () => {
    const app = await AppRepository.make();
    await app.write('tagship.yaml', 'release: { build: env:BUILD }\n');
    expect(await app.tagship(['release', 'minor', '--yes'], { BUILD: '1' })).toMatchObject({ exitCode: 3 });
    const unset = await app.tagship(['release', 'minor', '--yes'], {});
    expect(unset).toMatchObject({ exitCode: 3 });
    expect(unset.stderr).toContain('BUILD is not set');
    expect(await app.tagship(['release', 'minor', '--yes'], { BUILD: '41' })).toMatchObject({ exitCode: 0 });
    expect(await app.git('show', 'main:pubspec.yaml')).toContain('version: 0.2.0+41');
  });

  it('may be the number of commits', async () => {
    const app = await AppRepository.make();
    await app.write('tagship.yaml', 'release: { build: commits }\n');
    expect(await app.tagship(['release', 'minor', '--yes'])).toMatchObject({ exitCode: 0 });
    expect(await app.git('show', 'main:pubspec.yaml')).toContain('version: 0.2.0+3');
    expect(await app.git('rev-list', '--count', 'v0.2.0^2')).toBe('3');
  });
});
