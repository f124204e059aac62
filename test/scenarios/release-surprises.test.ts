import { existsSync, rmSync } from 'node:fs';
import { chmod, mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppRepository } from '../support/app-repository.ts';
import { runProgram } from '../support/tagship.ts';

const REFUSE = 'exit 1';
const RELEASE = ['release', 'minor', '--yes', '--no-checks'];

describe('abort', () => {
  it('leaves the files alone when another branch is checked out by now', async () => {
    const app = await AppRepository.make();
    await app.hook('origin', 'pre-receive', REFUSE);
    expect(await app.tagship(RELEASE)).toMatchObject({ exitCode: 4 });
    await app.git('switch', '-q', '-c', 'feature');
    expect(await app.tagship(['release', 'abort'])).toMatchObject({ exitCode: 0 });
    expect(await app.git('status', '--porcelain')).toBe('');
    expect(app.read('pubspec.yaml')).toContain('0.2.0+2');
  });

  it('is refused while a push that was cut off may still arrive, unless the user knows better', async () => {
    const app = await AppRepository.make();
    await app.hook('app', 'pre-push', 'kill -INT "$PPID"; sleep 1');
    const cut = await app.tagship(RELEASE);
    expect(cut.exitCode).toBe(4);
    expect(cut.stderr).toContain('it is not known whether v0.2.0 is published');
    rmSync(join(app.path, '.git/hooks/pre-push'));

    const refused = await app.tagship(['release', 'abort']);
    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toContain('may still arrive');
    expect(Object.keys(await app.refs())).toContain('refs/tags/v0.2.0');
    expect(await app.tagship(['release', 'abort', '--unpublished'])).toMatchObject({ exitCode: 0 });
    expect(Object.keys(await app.refs())).toEqual(['refs/heads/develop', 'refs/heads/main']);
  });
});

describe('an abort that was killed', () => {
  it('is finished by abort, and never gone on with', async () => {
    const app = await AppRepository.make();
    const before = await app.refs();
    await app.hook('origin', 'pre-receive', REFUSE);
    await app.tagship(RELEASE);
    rmSync(join(app.origin, 'hooks/pre-receive'));
    const kill = '[ "$1" = committed ] && kill -9 "${TAGSHIP_STARTED_BY%%.*}"; exit 0';
    await app.hook('app', 'reference-transaction', kill);
    expect(await app.tagship(['release', 'abort'])).toMatchObject({ signal: 'SIGKILL' });
    rmSync(join(app.path, '.git/hooks/reference-transaction'));

    for (const command of [['release', 'continue'], RELEASE]) {
      const run = await app.tagship(command);
      expect(run).toMatchObject({ exitCode: 3 });
      expect(run.stderr).toContain('next: tagship release abort');
    }
    expect(await app.tagship(['release', 'abort'])).toMatchObject({ exitCode: 0 });
    expect(await app.refs()).toEqual(before);
    expect(await app.refs('origin')).toEqual(before);
    expect(await app.git('status', '--porcelain')).toBe('');
  });
});

describe('a git that fails after it has moved the refs', () => {
  it('is found out, and the release goes on', async () => {
    const app = await AppRepository.make();
    await app.hook('app', 'reference-transaction', '[ "$1" = committed ] && kill -INT "$PPID"; exit 0');
    await app.tagship(RELEASE);
    rmSync(join(app.path, '.git/hooks/reference-transaction'));
    await app.tagship(['release', 'continue']);
    expect(Object.keys(await app.refs())).toEqual(['refs/heads/develop', 'refs/heads/main', 'refs/tags/v0.2.0']);
    expect(await app.refs('origin')).toEqual(await app.refs());
  });
});

it('two who take the same release up at once do not both do it', async () => {
  const app = await AppRepository.make();
  await app.hook('origin', 'pre-receive', REFUSE);
  await app.tagship(RELEASE);
  // The push is held until the other has seen that one is at work.
  const go = join(app.folder, 'go');
  await app.hook('origin', 'pre-receive', `for _ in $(seq 600); do [ ! -e '${go}' ] || exit 0; sleep 0.1; done`);
  const runs = [app.tagship(['release', 'continue']), app.tagship(['release', 'continue'])];
  expect(await Promise.race(runs)).toMatchObject({ exitCode: 7 });
  await writeFile(go, '');
  expect((await Promise.all(runs)).map(({ exitCode }) => exitCode).sort()).toEqual([0, 7]);
  expect(await app.refs('origin')).toEqual(await app.refs());
});

it('the gates test what ships, with what main alone has', async () => {
  const app = await AppRepository.make();
  await app.git('switch', '-q', 'main');
  await app.commit('lib/broken.dart', '// broken\n', 'fix: on main alone');
  await app.git('push', '-q', 'origin', 'main');
  await app.git('switch', '-q', 'develop');
  await app.write('tagship.yaml', 'checks: { analyze: false, test: "! test -e lib/broken.dart" }\n');
  expect(await app.tagship(['release', 'minor', '--yes'])).toMatchObject({ exitCode: 3 });
});

describe('while a release is unfinished', () => {
  it.each([
    ['a hotfix', ['hotfix', 'urgent']],
    ['a release branch', ['release', 'start', 'major']],
    ['the same release with another end', [...RELEASE, '--no-push']],
  ])('%s does not begin from it', async (_what, command) => {
    const app = await AppRepository.make();
    await app.hook('origin', 'pre-receive', REFUSE);
    await app.tagship(RELEASE);
    const refs = await app.refs();
    expect(await app.tagship(command)).toMatchObject({ exitCode: 3 });
    expect(await app.refs()).toEqual(refs);
  });
});

describe('refused, with nothing changed', () => {
  const cases: readonly (readonly [string, string, readonly string[], (app: AppRepository) => Promise<unknown>])[] = [
    [
      'during a rebase of develop',
      'operation-in-progress',
      RELEASE,
      async (app) => {
        await app.git('switch', '-q', '-c', 'other', 'main');
        await app.commit('lib/greeting.dart', '// other\n', 'fix: other');
        await app.git('switch', '-q', 'develop');
        await runProgram('git', ['rebase', 'other'], { cwd: app.path });
      },
    ],
    ['beside a branch that takes the name', 'branch-name-clash', ['hotfix', 'x'], (app) => app.git('branch', 'hotfix')],
    [
      'below a branch that takes the name',
      'branch-name-clash',
      ['hotfix', 'a/b'],
      (app) => app.git('branch', 'hotfix/a'),
    ],
    [
      'with a changelog that is not UTF-8',
      'changelog-uneditable',
      RELEASE,
      (app) => commitBytes(app, 'CHANGELOG.md', Buffer.from('# \xc4nderungen\n', 'latin1')),
    ],
    [
      'with a pubspec that is not UTF-8',
      'pubspec-uneditable',
      RELEASE,
      (app) => commitBytes(app, 'pubspec.yaml', Buffer.from('description: f\xfcr\nversion: 1.0.0\n', 'latin1')),
    ],
    [
      'with a changelog that is a link out of the repository',
      'changelog-uneditable',
      RELEASE,
      async (app) => {
        await symlink('/etc/passwd', join(app.path, 'CHANGELOG.md'));
        await app.git('add', '-A');
        await app.git('commit', '-q', '-m', 'docs: odd');
      },
    ],
    [
      'with a changelog that is a folder',
      'changelog-uneditable',
      RELEASE,
      (app) => app.commit('CHANGELOG.md/a.md', 'a\n', 'docs: a'),
    ],
    [
      'with a filter that fails',
      'release-failed',
      ['release', 'minor', '--yes'],
      async (app) => {
        await app.commit('.gitattributes', '*.dart filter=broken\n', 'chore: filter');
        await app.git('config', 'filter.broken.smudge', 'false');
        await app.git('config', 'filter.broken.required', 'true');
      },
    ],
    [
      'by a hook of git on the refs',
      'refs-refused',
      RELEASE,
      (app) => app.hook('app', 'reference-transaction', '[ "$1" != prepared ]'),
    ],
  ];
  it.each(cases)('%s', async (_what, code, command, prepare) => {
    const app = await AppRepository.make();
    await prepare(app);
    const [refs, tree] = [await app.refs(), await app.fingerprint()];
    const run = await app.tagship([...command, '--json']);
    expect(run.stderr).not.toMatch(/^\s+at /m);
    expect(run).toMatchObject({ exitCode: 3 });
    const { problems } = JSON.parse(run.stdout) as { problems: { code: string }[] };
    expect(problems.map((problem) => problem.code)).toEqual([code]);
    expect(await app.refs()).toEqual(refs);
    expect(await app.fingerprint()).toBe(tree);
    expect(existsSync(join(app.path, '.git/tagship/release.jsonl'))).toBe(false);
  });

  it('without a folder for temporary files', async () => {
    const app = await AppRepository.make();
    const run = await app.tagship(['release', 'minor', '--yes'], { TMPDIR: '/nonexistent' });
    expect(run).toMatchObject({ exitCode: 3 });
    expect(run.stderr).not.toMatch(/^\s+at /m);
  });

  it('in a folder that is not there', async () => {
    const app = await AppRepository.make();
    for (const folder of ['/nonexistent', join(app.path, 'pubspec.yaml')]) {
      const run = await app.tagship(['-C', folder, 'release', 'minor']);
      expect(run).toMatchObject({ exitCode: 2 });
      expect(run.stderr).toContain('there is no folder');
    }
  });

  it('with one branch for main and develop', async () => {
    const app = await AppRepository.make();
    await app.write('tagship.yaml', 'release: { branches: { main: develop } }\n');
    expect(await app.tagship(RELEASE)).toMatchObject({ exitCode: 2 });
  });
});

describe('carried out all the same', () => {
  it('by the configuration of develop, whatever branch is checked out', async () => {
    const app = await AppRepository.make();
    await app.commit('tagship.yaml', 'release: { tag: "app-{version}" }\n', 'chore: configure');
    await app.git('push', '-q', 'origin', 'develop');
    await app.git('switch', '-q', '-c', 'old', 'main');
    expect(await app.tagship(RELEASE)).toMatchObject({ exitCode: 0 });
    expect(Object.keys(await app.refs('origin'))).toContain('refs/tags/app-0.2.0');
  });

  it('by the configuration of develop, when the one at hand has mistakes or cannot be read', async () => {
    const app = await AppRepository.make();
    await app.commit('tagship.yaml', 'release: { tag: "app-{version}" }\n', 'chore: configure');
    await app.git('push', '-q', 'origin', 'develop');
    await app.git('switch', '-q', '-c', 'old', 'main');
    await app.write('tagship.yaml', 'release: { tag: [\n');
    expect(await app.tagship(['release', 'minor', '--dry-run'])).toMatchObject({ exitCode: 0 });
    rmSync(join(app.path, 'tagship.yaml'));
    await mkdir(join(app.path, 'tagship.yaml'));
    expect(await app.tagship(['release', 'status'])).toMatchObject({ exitCode: 0 });
    expect(await app.tagship(RELEASE)).toMatchObject({ exitCode: 0 });
    expect(Object.keys(await app.refs('origin'))).toContain('refs/tags/app-0.2.0');
  });

  it('when the folder of a worktree was moved away', async () => {
    const app = await AppRepository.make();
    const linked = join(app.folder, 'linked');
    await app.git('worktree', 'add', '-q', linked, 'main');
    await rename(linked, `${linked}.moved`);
    expect(await app.tagship(RELEASE)).toMatchObject({ exitCode: 0 });
  });

  it('with notes of everything since the last release, pre-releases included', async () => {
    const app = await AppRepository.make();
    await app.tagship(['release', 'minor', '--pre', 'beta', '--yes', '--no-checks']);
    await app.commit('lib/more.dart', '// more\n', 'feat: say more');
    await app.git('push', '-q', 'origin', 'develop');
    await app.tagship(['release', 'minor', '--pre', 'beta', '--yes', '--no-checks']);
    expect(await app.tagship(RELEASE)).toMatchObject({ exitCode: 0 });
    const [section = ''] = app.read('CHANGELOG.md').split(/(?=## 0\.2\.0-beta)/);
    expect(section).toMatch(/## 0\.2\.0 [\s\S]*\* greet people[\s\S]*\* say more/);
  });
});

async function commitBytes(app: AppRepository, path: string, bytes: Buffer): Promise<void> {
  await mkdir(app.path, { recursive: true });
  await writeFile(join(app.path, path), bytes);
  await chmod(join(app.path, path), 0o644);
  await app.git('add', '-A');
  await app.git('commit', '-q', '-m', 'chore: bytes');
}
