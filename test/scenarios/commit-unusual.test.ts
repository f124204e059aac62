import { cpSync, existsSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CommittingApp, FORMATTED, MESSY } from '../support/committing-app.ts';
import { runProgram } from '../support/tagship.ts';

const MAIN = 'lib/main.dart';

describe('a commit formats what is staged', () => {
  it('of what was renamed or is gone from the disk, and brings back nothing that was taken away', async () => {
    const kept = { 'lib/moved.dart': FORMATTED, 'lib/old.dart': MESSY, 'lib/forgotten.dart': MESSY };
    const repo = await CommittingApp.make(kept);
    const { app } = repo;
    await app.git('mv', 'lib/moved.dart', 'lib/to.dart');
    await repo.stage('lib/to.dart', MESSY);
    await repo.stage('lib/gone.dart', MESSY);
    rmSync(join(app.path, 'lib/gone.dart'));
    await app.git('rm', '-q', 'lib/old.dart');
    await app.git('rm', '-q', '--cached', 'lib/forgotten.dart');
    // A submodule by the name of a Dart file, which is not checked out.
    const link = `160000,${await app.git('rev-parse', 'HEAD')},lib/sub.dart`;
    await app.git('update-index', '--add', '--cacheinfo', link);
    expect(await repo.commit(['-q', '-m', 'feat: move'])).toMatchObject({ exitCode: 0 });
    expect(await repo.committed('lib/to.dart')).toBe(FORMATTED);
    expect(app.read('lib/to.dart')).toBe(FORMATTED);
    expect(await repo.committed('lib/gone.dart')).toBe(FORMATTED);
    expect(app.read('lib/forgotten.dart')).toBe(MESSY);
    for (const path of ['lib/moved.dart', 'lib/gone.dart', 'lib/old.dart', 'lib/sub.dart'])
      expect(existsSync(join(app.path, path)), path).toBe(false);
    const tree = (await app.git('ls-tree', '-r', '--name-only', 'HEAD', 'lib')).split('\n');
    expect(tree).toEqual(['lib/gone.dart', 'lib/greeting.dart', MAIN, 'lib/sub.dart', 'lib/to.dart']);
  });

  it('and nothing outside the repository, where a link has taken the place of its folder', async () => {
    const repo = await CommittingApp.make();
    const { app } = repo;
    await repo.stage('lib/src/a.dart', MESSY);
    renameSync(join(app.path, 'lib/src'), join(app.folder, 'outside'));
    symlinkSync('../../outside', join(app.path, 'lib/src'));
    expect(await repo.commit(['-q', '-m', 'feat: a'])).toMatchObject({ exitCode: 0 });
    expect(await repo.committed('lib/src/a.dart')).toBe(FORMATTED);
    expect(app.read('../outside/a.dart')).toBe(MESSY);
  });

  it('and not what a link in its place leads to, which is said', async () => {
    const repo = await CommittingApp.make();
    const { app } = repo;
    await repo.stage('lib/b.dart', MESSY);
    renameSync(join(app.path, 'lib/b.dart'), join(app.folder, 'b.dart'));
    symlinkSync('../../b.dart', join(app.path, 'lib/b.dart'));
    const { exitCode, stderr } = await repo.commit(['-q', '-m', 'feat: b']);
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('! lib/b.dart is committed formatted; its unstaged changes were in the way'),
    });
    expect(await repo.committed('lib/b.dart')).toBe(FORMATTED);
    expect(app.read('../b.dart')).toBe(MESSY);
    expect(await app.git('status', '--short')).toBe(' T lib/b.dart');
  });

  it('whatever git is told by settings and attributes, with unstaged changes of text and pictures', async () => {
    const picture = '\x89PNG\r\n\x1a\n\0\0';
    const repo = await CommittingApp.make({ 'icon.png': picture, '.gitattributes': '*.dart -diff merge=binary\n' });
    const settings = {
      'color.ui': 'always',
      'diff.external': 'false',
      'diff.noprefix': 'true',
      'diff.mnemonicPrefix': 'true',
      'core.quotePath': 'true',
      'core.whitespace': 'trailing-space,tab-in-indent',
      'apply.whitespace': 'error',
      'status.showUntrackedFiles': 'no',
      'status.relativePaths': 'false',
      'status.branch': 'true',
      'status.renames': 'copies',
      'merge.conflictStyle': 'diff3',
      'core.fsmonitor': 'false',
    };
    for (const [name, value] of Object.entries(settings)) await repo.app.git('config', name, value);
    await repo.stage('lib/größe.dart', MESSY);
    const mine = '\nvoid   mine( ) {}   \n';
    await repo.app.write('lib/größe.dart', MESSY + mine);
    await repo.app.write('icon.png', `${picture}more`);
    expect(await repo.commit(['-q', '-m', 'feat: size'])).toMatchObject({ exitCode: 0 });
    expect(await repo.committed('lib/größe.dart')).toBe(FORMATTED);
    expect(repo.app.read('lib/größe.dart')).toBe(FORMATTED + mine);
    expect(repo.app.read('icon.png')).toBe(`${picture}more`);
  });

  it('where git turns line ends, as on Windows, and reads a configuration with such', async () => {
    const repo = await CommittingApp.make({ 'tagship.yaml': 'checks:\r\n  analyzeStaged: false\r\n' });
    await repo.app.git('config', 'core.autocrlf', 'true');
    const crlf = (text: string) => text.replaceAll('\n', '\r\n');
    const mine = '\nvoid   mine( ) {}\n';
    await repo.stage('lib/whole.dart', crlf(MESSY));
    await repo.stage('lib/part.dart', crlf(MESSY));
    await repo.app.write('lib/part.dart', crlf(MESSY + mine));
    // As a tool on Windows writes it to a file; git takes the line ends away when it commits.
    await repo.app.write('../message', 'feat: lines\r\n\r\nRefs: #1\r\n');
    expect(await repo.commit(['-q', '-F', '../message'])).toMatchObject({ exitCode: 0 });
    expect(await repo.committed('lib/whole.dart')).toBe(FORMATTED);
    expect(await repo.committed('lib/part.dart')).toBe(FORMATTED);
    expect(repo.app.read('lib/whole.dart')).toBe(crlf(FORMATTED));
    expect(repo.app.read('lib/part.dart')).toBe(crlf(FORMATTED + mine));
    expect(repo.calls().map(({ argv }) => argv[0])).toEqual(['format']);
  });

  const PLACES: readonly (readonly [string, (repo: CommittingApp) => Promise<string>])[] = [
    [
      'whose .git is a link, with a configuration that is one',
      async ({ app }) => {
        renameSync(join(app.path, '.git'), join(app.folder, 'real.git'));
        symlinkSync('../real.git', join(app.path, '.git'));
        await app.write('../shared.yaml', 'checks: { analyzeStaged: false }\n');
        symlinkSync('../shared.yaml', join(app.path, 'tagship.yaml'));
        return app.path;
      },
    ],
    [
      'whose .git is elsewhere',
      async ({ app }) => {
        await app.git('init', '-q', '--separate-git-dir', '../elsewhere.git');
        return app.path;
      },
    ],
    [
      'that is a worktree of a bare repository',
      async ({ app }) => {
        await app.git('clone', '-q', '--bare', '.', '../bare.git');
        await app.git('-C', '../bare.git', 'worktree', 'add', '-q', '../tree', 'develop');
        return join(app.folder, 'tree');
      },
    ],
    [
      'that is a submodule',
      async ({ app }) => {
        await app.git('init', '-q', '../outer');
        const file = ['-c', 'protocol.file.allow=always'];
        await app.git(...file, '-C', '../outer', 'submodule', 'add', '-q', app.path, 'inner');
        return join(app.folder, 'outer/inner');
      },
    ],
  ];

  it.each(PLACES)('in a repository %s', async (_what, make) => {
    const repo = await CommittingApp.make();
    const hooks = join(repo.app.folder, 'hooks');
    cpSync(join(repo.app.path, '.git/hooks'), hooks, { recursive: true });
    const cwd = await make(repo);
    await writeFile(join(cwd, 'lib/new.dart'), MESSY);
    await runProgram('git', ['add', '.'], { cwd });
    const settings = ['-c', 'user.name=T', '-c', 'user.email=t@example.com', '-c', `core.hooksPath=${hooks}`];
    const commit = ['-C', cwd, ...settings, 'commit', '-q', '-m', 'feat: new'];
    expect(await repo.run('git', commit)).toMatchObject({ exitCode: 0 });
    expect((await runProgram('git', ['show', 'HEAD:lib/new.dart'], { cwd })).stdout).toBe(FORMATTED);
    expect((await runProgram('git', ['status', '--short'], { cwd })).stdout).toBe('');
  });
});

it('a commit of nothing but deletions starts no Dart', async () => {
  const repo = await CommittingApp.make();
  await repo.app.git('rm', '-q', MAIN);
  expect(await repo.commit(['-q', '-m', 'feat: less'])).toMatchObject({ exitCode: 0 });
  expect(repo.calls()).toEqual([]);
});

it('a commit of more files than a command line holds analyses each once', async () => {
  const repo = await CommittingApp.make({ 'tagship.yaml': 'checks: { format: false }\n' });
  const names = Array.from({ length: 300 }, (_, index) => `lib/${String(index + 100).padEnd(100, 'x')}.dart`);
  for (const name of names) await repo.app.write(name, FORMATTED);
  await repo.app.git('add', '.');
  expect(await repo.commit(['-q', '-m', 'feat: much'])).toMatchObject({ exitCode: 0 });
  const calls = repo.calls().map(({ argv }) => argv.filter((word) => word.endsWith('.dart')));
  expect(calls.length).toBeGreaterThan(1);
  expect(calls.flat().sort()).toEqual(names);
});

it('a merge that is refused can be concluded once it is mended', async () => {
  const repo = await CommittingApp.make();
  const { app } = repo;
  await app.git('branch', 'theirs');
  await app.git('commit', '-q', '--no-verify', '--allow-empty', '-m', 'feat: ours');
  await app.git('switch', '-q', 'theirs');
  await app.git('commit', '-q', '--no-verify', '--allow-empty', '-m', 'feat: theirs');
  await app.git('switch', '-q', 'develop');
  await app.git('merge', '-q', '--no-commit', 'theirs');
  await repo.stage('lib/new.dart', "import 'nowhere.dart';\n");
  expect(await repo.commit(['-q', '--no-edit'])).toMatchObject({ exitCode: 1 });
  expect(existsSync(join(app.path, '.git/MERGE_HEAD'))).toBe(true);
  await repo.stage('lib/new.dart', MESSY);
  expect(await repo.commit(['-q', '--no-edit'])).toMatchObject({ exitCode: 0 });
  expect((await app.git('rev-list', '--parents', '-1', 'HEAD')).split(' ')).toHaveLength(3);
  expect(await repo.committed('lib/new.dart')).toBe(FORMATTED);
});
