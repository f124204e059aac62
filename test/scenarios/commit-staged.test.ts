import { existsSync, lstatSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { chmod, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CommittingApp, FORMATTED, MESSY } from '../support/committing-app.ts';
import { runProgram, TAGSHIP } from '../support/tagship.ts';

const MAIN = 'lib/main.dart';

describe('a commit formats what is staged', () => {
  it('and the working file with it', async () => {
    const repo = await CommittingApp.make();
    await repo.stage('lib/new.dart', MESSY);
    expect(await repo.commit(['-q', '-m', 'feat: new'])).toMatchObject({ exitCode: 0 });
    expect(await repo.committed('lib/new.dart')).toBe(FORMATTED);
    expect(repo.app.read('lib/new.dart')).toBe(FORMATTED);
    expect(await repo.app.git('status', '--short')).toBe('');
  });

  it('and leaves unstaged changes of the same file out of the commit and in the file', async () => {
    const repo = await CommittingApp.make();
    await repo.stage('lib/new.dart', MESSY);
    const mine = '\nvoid   mine( ) {}\n';
    await repo.app.write('lib/new.dart', MESSY + mine);
    expect(await repo.commit(['-q', '-m', 'feat: new'])).toMatchObject({ exitCode: 0 });
    expect(await repo.committed('lib/new.dart')).toBe(FORMATTED);
    expect(repo.app.read('lib/new.dart')).toBe(FORMATTED + mine);
  });

  it('and leaves the working file as it is where its unstaged changes are on the same lines, and says so', async () => {
    const repo = await CommittingApp.make();
    await repo.stage('lib/new.dart', MESSY);
    const edited = MESSY.replace('      run()', '      runTwice()');
    await repo.app.write('lib/new.dart', edited);
    const { exitCode, stderr } = await repo.commit(['-q', '-m', 'feat: new']);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('! lib/new.dart') });
    expect(await repo.committed('lib/new.dart')).toBe(FORMATTED);
    expect(repo.app.read('lib/new.dart')).toBe(edited);
  });

  it('and nothing else of the working tree, whatever is in it', async () => {
    const repo = await CommittingApp.make({
      'lib/gone.dart': MESSY,
      'lib/moved.dart': MESSY,
      'lib/edited.dart': MESSY,
      'lib/script.dart': MESSY,
    });
    const { app } = repo;
    rmSync(join(app.path, 'lib/gone.dart'));
    await rename(join(app.path, 'lib/moved.dart'), join(app.path, 'lib/to.dart'));
    await app.write('lib/edited.dart', `${MESSY} // edited`);
    await chmod(join(app.path, 'lib/script.dart'), 0o755);
    await app.write('lib/untracked.dart', MESSY);
    await app.write('lib/announced.dart', MESSY);
    await app.git('add', '-N', 'lib/announced.dart');
    symlinkSync('main.dart', join(app.path, 'lib/link.dart'));
    await app.git('add', 'lib/link.dart');
    await repo.stage('lib/new.dart', MESSY);
    const before = await app.git('status', '--porcelain');
    expect(await repo.commit(['-q', '-m', 'feat: new'])).toMatchObject({ exitCode: 0 });
    expect(await app.git('status', '--porcelain')).toBe(before.replace(/^A {2}.*\n/gm, ''));
    for (const path of ['lib/to.dart', 'lib/untracked.dart', 'lib/announced.dart', 'lib/script.dart']) {
      expect(app.read(path)).toBe(MESSY);
    }
    expect(app.read('lib/edited.dart')).toBe(`${MESSY} // edited`);
    expect(lstatSync(join(app.path, 'lib/link.dart')).isSymbolicLink()).toBe(true);
  });

  it('keeps the mode and the line ends of a file', async () => {
    const repo = await CommittingApp.make();
    await repo.app.write('lib/tool.dart', MESSY.replaceAll('\n', '\r\n'));
    await chmod(join(repo.app.path, 'lib/tool.dart'), 0o755);
    await repo.app.git('-c', 'core.autocrlf=false', 'add', 'lib/tool.dart');
    expect(await repo.commit(['-q', '-m', 'feat: tool'])).toMatchObject({ exitCode: 0 });
    expect(repo.app.read('lib/tool.dart')).toBe(FORMATTED.replaceAll('\n', '\r\n'));
    expect(lstatSync(join(repo.app.path, 'lib/tool.dart')).mode & 0o777).toBe(0o755);
    expect(await repo.app.git('ls-tree', 'HEAD', 'lib/tool.dart')).toMatch(/^100755 /);
  });

  it('in files with the oddest names', async () => {
    const repo = await CommittingApp.make();
    const names = ['lib/a b.dart', "lib/it's.dart", 'lib/$(touch x).dart', 'lib/ü\n.dart', '-rf.dart', 'lib/[x]*.dart'];
    names.push('lib\\b.dart', 'C:\\app.dart');
    for (const name of names) await repo.stage(name, MESSY);
    expect(await repo.commit(['-q', '-m', 'feat: names'])).toMatchObject({ exitCode: 0 });
    for (const name of names) expect(await repo.committed(name)).toBe(FORMATTED);
    expect(await repo.app.git('status', '--short')).toBe('');
  });

  it.each([
    ['git commit -a', ['-a']],
    ['git commit PATH', [MAIN]],
    ['git commit --amend', ['--amend', '-a']],
  ])('of %s', async (_name, args) => {
    const repo = await CommittingApp.make();
    await repo.stage('lib/other.dart', MESSY);
    await repo.app.write(MAIN, `${MESSY}\nvoid more() {}\n`);
    expect(await repo.commit(['-q', '-m', 'feat: more', ...args])).toMatchObject({ exitCode: 0 });
    const formatted = `${FORMATTED}\nvoid more() {}\n`;
    expect(await repo.committed(MAIN)).toBe(formatted);
    expect(repo.app.read(MAIN)).toBe(formatted);
    const left = args.includes(MAIN) ? 'A  lib/other.dart' : '';
    expect(await repo.app.git('status', '--short')).toBe(left);
  });

  it('of the first commit there is', async () => {
    const repo = await CommittingApp.make();
    await repo.app.git('switch', '-q', '--orphan', 'fresh');
    await repo.stage('pubspec.yaml', 'name: fresh\n');
    await repo.stage(MAIN, MESSY);
    expect(await repo.commit(['-q', '-m', 'feat: begin'])).toMatchObject({ exitCode: 0 });
    expect(await repo.committed(MAIN)).toBe(FORMATTED);
  });

  it('in a linked worktree', async () => {
    const repo = await CommittingApp.make();
    const linked = join(repo.app.folder, 'linked');
    await repo.app.git('worktree', 'add', '-q', '-b', 'topic', linked);
    await repo.app.write('../linked/lib/new.dart', MESSY);
    await runProgram('git', ['add', '.'], { cwd: linked });
    expect(await repo.run('git', ['-C', linked, 'commit', '-q', '-m', 'feat: new'])).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(linked, 'lib/new.dart'), 'utf8')).toBe(FORMATTED);
    expect(await repo.app.git('status', '--short')).toBe('');
  });

  it('but not what a merge brings as it is', async () => {
    const repo = await CommittingApp.make();
    const { app } = repo;
    await app.git('switch', '-q', '-c', 'theirs');
    await app.write('lib/theirs.dart', MESSY);
    await app.write(MAIN, FORMATTED.replace('last', 'theirs'));
    await app.git('add', '.');
    await app.git('commit', '-q', '--no-verify', '-m', 'feat: theirs');
    await app.git('switch', '-q', 'develop');
    await app.git('rm', '-q', 'pubspec.yaml');
    await app.git('reset', '-q', '--hard');
    await app.write(MAIN, FORMATTED.replace('last', 'ours'));
    await app.git('commit', '-q', '--no-verify', '-am', 'feat: ours');
    await runProgram('git', ['merge', '-q', 'theirs'], { cwd: app.path });
    await repo.stage(MAIN, MESSY.replace('last', 'both'));
    expect(await repo.commit(['-q', '--no-edit'])).toMatchObject({ exitCode: 0 });
    expect(await repo.committed(MAIN)).toBe(FORMATTED.replace('last', 'both'));
    expect(await repo.committed('lib/theirs.dart')).toBe(MESSY);
    expect((await app.git('rev-list', '--parents', '-1', 'HEAD')).split(' ')).toHaveLength(3);
  });

  it('in a repository of SHA-256', async () => {
    const repo = await CommittingApp.make();
    const other = join(repo.app.folder, 'sha256');
    await runProgram('git', ['init', '-q', '--object-format=sha256', other], { cwd: repo.app.folder });
    await repo.app.write('../sha256/main.dart', MESSY);
    const settings = ['-c', 'user.name=T', '-c', 'user.email=t@example.com'];
    const hooks = ['-c', `core.hooksPath=${join(repo.app.path, '.git/hooks')}`];
    await runProgram('git', ['add', '.'], { cwd: other });
    const done = await repo.run('git', ['-C', other, ...settings, ...hooks, 'commit', '-q', '-m', 'feat: begin']);
    expect(done).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(other, 'main.dart'), 'utf8')).toBe(FORMATTED);
  });
});

describe('a commit is refused, and nothing has changed,', () => {
  async function refused(repo: CommittingApp, env: Readonly<Record<string, string>> = {}) {
    const [head, before] = [await repo.app.git('rev-parse', 'HEAD'), await repo.app.fingerprint()];
    const result = await repo.commit(['-q', '-m', 'feat: x'], env);
    expect(result.exitCode).toBe(1);
    expect(await repo.app.git('rev-parse', 'HEAD')).toBe(head);
    expect(await repo.app.fingerprint()).toBe(before);
    expect(existsSync(join(repo.app.path, '.git/tagship/staged.jsonl'))).toBe(false);
    return result.stderr;
  }

  it('when the analysis finds something in a staged file', async () => {
    const repo = await CommittingApp.make();
    await repo.stage('lib/new.dart', `import 'nowhere.dart';\n${MESSY}`);
    expect(await refused(repo)).toContain("Target of URI doesn't exist: 'nowhere.dart'");
  });

  it('when it only works with a file that is not staged', async () => {
    const repo = await CommittingApp.make();
    await repo.stage('lib/new.dart', "import 'helper.dart';\n");
    await repo.app.write('lib/helper.dart', FORMATTED);
    expect(await refused(repo)).toContain("Target of URI doesn't exist: 'helper.dart'");
    await repo.app.git('add', '.');
    expect(await repo.commit(['-q', '-m', 'feat: x'])).toMatchObject({ exitCode: 0 });
  });

  it('when it was mended in the working tree only', async () => {
    const repo = await CommittingApp.make();
    await repo.stage('lib/new.dart', "import 'nowhere.dart';\n");
    await repo.app.write('lib/new.dart', FORMATTED);
    expect(await refused(repo)).toContain('nowhere.dart');
  });

  it('when a file cannot be parsed', async () => {
    const repo = await CommittingApp.make();
    await repo.stage('lib/new.dart', 'void main() {\n');
    await repo.stage('lib/messy.dart', MESSY);
    expect(await refused(repo)).toContain('could not be parsed');
  });

  it('when a credential is staged, and both are told at once', async () => {
    const repo = await CommittingApp.make();
    const key = ['AKIA', 'QYLPMN5HFIQR7XYA'].join('');
    await repo.stage('lib/new.dart', `import 'nowhere.dart';\nconst key = '${key}';\n`);
    const said = await refused(repo);
    expect(said).toContain('nowhere.dart');
    expect(said).toContain('a secret would be committed');
    expect(said).not.toContain(key);
  });

  it('when formatting leaves nothing to commit', async () => {
    const repo = await CommittingApp.make();
    await repo.stage(MAIN, MESSY);
    expect(await refused(repo)).toContain('what is staged is what HEAD has already');
  });

  it('when there is no Dart, which is said', async () => {
    const repo = await CommittingApp.make();
    await repo.stage('lib/new.dart', FORMATTED);
    const said = await refused(repo, { PATH: '/usr/bin:/bin', HOME: repo.app.folder });
    expect(said).toContain('dart was not found, so the staged files cannot be formatted');
    expect(said).toContain('(or set another command: format; false for none)');
    await repo.app.write('tagship.yaml', 'checks: { format: false }\n');
    const unanalysed = await refused(repo, { PATH: '/usr/bin:/bin', HOME: repo.app.folder });
    expect(unanalysed).toContain('dart was not found, so the staged files cannot be analysed');
    expect(unanalysed).toContain('(or analyzeStaged: false)');
  });

  it('when the formatter dies', async () => {
    const repo = await CommittingApp.make();
    await repo.stage('lib/new.dart', MESSY);
    expect(await refused(repo, { DART_STAND_IN: 'format=crash' })).toContain('dart format failed');
  });
});

describe('a commit looks at no more than it has to', () => {
  it('starts no Dart when no Dart file is staged', async () => {
    const repo = await CommittingApp.make();
    await repo.app.write(MAIN, `${MESSY} // not staged`);
    await repo.stage('README.md', '# App\n');
    expect(await repo.commit(['-q', '-m', 'docs: begin'])).toMatchObject({ exitCode: 0 });
    expect(repo.calls()).toEqual([]);
  });

  it('formats and analyses the staged files alone, and hides from the tools which repository it is', async () => {
    const repo = await CommittingApp.make({ 'lib/old.dart': "import 'nowhere.dart';\n" });
    await repo.stage('lib/new.dart', FORMATTED);
    expect(await repo.commit(['-q', '-m', 'feat: new'])).toMatchObject({ exitCode: 0 });
    expect(repo.calls().map(({ argv }) => argv)).toEqual([
      ['format', '.'],
      ['analyze', '--fatal-infos', 'lib/new.dart'],
    ]);
    for (const { env } of repo.calls()) {
      expect(Object.keys(env).filter((name) => /^GIT_(DIR|INDEX_FILE|WORK_TREE|PREFIX)$/.test(name))).toEqual([]);
    }
  });

  it('refuses for no info that the gate lets pass', async () => {
    const repo = await CommittingApp.make();
    await repo.stage('lib/new.dart', "void x() {\n  print('x');\n}\n");
    expect(await repo.commit(['-q', '-m', 'feat: x'])).toMatchObject({ exitCode: 1 });
    await repo.app.write('tagship.yaml', 'checks: { analyze: flutter analyze --no-fatal-infos --no-fatal-warnings }\n');
    expect(await repo.commit(['-q', '-m', 'feat: x'])).toMatchObject({ exitCode: 0 });
    expect(repo.calls().at(-1)?.argv).toEqual(['analyze', '--no-fatal-warnings', 'lib/new.dart']);
  });

  it('finds the package of a file below the root of the repository', async () => {
    const repo = await CommittingApp.make({
      'app/pubspec.yaml': 'name: app\n',
    });
    await repo.stage('app/lib/new.dart', FORMATTED);
    expect(await repo.commit(['-q', '-m', 'feat: new'])).toMatchObject({ exitCode: 0 });
    expect(repo.calls().at(-1)).toMatchObject({
      argv: ['analyze', 'lib/new.dart'],
      cwd: join(repo.app.path, 'app'),
    });
  });

  it.each(['--assume-unchanged', '--skip-worktree'])('analyses elsewhere what git hides with %s', async (mark) => {
    const repo = await CommittingApp.make();
    await repo.app.git('update-index', mark, MAIN);
    rmSync(join(repo.app.path, MAIN));
    await repo.stage('lib/new.dart', "import 'main.dart';\n");
    const { exitCode, stderr } = await repo.commit(['-q', '-m', 'feat: new']);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(repo.calls().at(-1)?.argv[0]).toBe('analyze');
    expect(repo.calls().at(-1)?.cwd).not.toBe(repo.app.path);
  });

  it('gives the tools every file of settings as it is staged', async () => {
    const repo = await CommittingApp.make({
      'tagship.yaml':
        'checks: { analyzeStaged: false, format: cat all_lint_rules.yaml tool/more.yml && dart format }\n',
      'analysis_options.yaml': 'include: all_lint_rules.yaml\n',
      'all_lint_rules.yaml': 'linter: {}\n',
      'tool/more.yml': 'more: true\n',
    });
    await repo.stage('lib/new.dart', MESSY);
    expect(await repo.commit(['-q', '-m', 'feat: new'])).toMatchObject({ exitCode: 0 });
    expect(await repo.committed('lib/new.dart')).toBe(FORMATTED);
  });

  it('takes the format command of the configuration, and none', async () => {
    const repo = await CommittingApp.make({ 'tagship.yaml': 'checks: { format: dart format --line-length 120 }\n' });
    await repo.stage('lib/new.dart', MESSY);
    expect(await repo.commit(['-q', '-m', 'feat: new'])).toMatchObject({ exitCode: 0 });
    expect(repo.calls()[0]?.argv).toEqual(['format', '--line-length', '120', '.']);
    await repo.stage('tagship.yaml', 'checks: { format: false, analyzeStaged: false }\n');
    await repo.stage('lib/newer.dart', MESSY);
    expect(await repo.commit(['-q', '-m', 'feat: newer'])).toMatchObject({ exitCode: 0 });
    expect(await repo.committed('lib/newer.dart')).toBe(MESSY);
  });
});

it('a commit looks at what is staged while somebody else has the index locked', async () => {
  const repo = await CommittingApp.make();
  await repo.stage('lib/new.dart', FORMATTED);
  await repo.app.write('.git/index.lock', '');
  const hook = await repo.run(process.execPath, [TAGSHIP, 'hook', 'pre-commit']);
  expect(hook).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('analyze: dart analyze, 1 staged file') });
});
