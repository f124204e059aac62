import { appendFileSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PUBSPEC } from '../support/app-repository.ts';
import { HookedApp } from '../support/hooked-app.ts';
import { runProgram } from '../support/tagship.ts';

const BROKEN = "import 'package:test/test.dart';\nvoid main() { test('greets', () => expect(1, 2)); }\n";
const NOWHERE = '/nowhere/main.js';

it('what was checked is pushed without starting anything', async () => {
  const hooked = await HookedApp.make();
  await hooked.app.commit('lib/a.dart', '// a\n', 'feat: a');
  expect(await hooked.tagship('check')).toMatchObject({ exitCode: 0 });
  expect(hooked.testRuns()).toBe(1);
  await hooked.installHook(NOWHERE);
  expect(await hooked.push('origin', 'feature', 'HEAD:refs/heads/again')).toMatchObject({ exitCode: 0 });
  expect(await hooked.published('refs/heads/again')).toBe(await hooked.app.git('rev-parse', 'HEAD'));
});

it('a dry run of check says what would run, and runs and remembers nothing', async () => {
  const hooked = await HookedApp.make();
  await hooked.app.commit('lib/a.dart', '// a\n', 'feat: a');
  const dry = await hooked.tagship('check', '--dry-run');
  expect(dry).toMatchObject({ exitCode: 0 });
  expect(dry.stderr).toBe(
    'would run at the root:\n  get: flutter pub get\n  analyze: flutter analyze\n  test: flutter test\n',
  );
  expect(hooked.testRuns()).toBe(0);
  await hooked.tagship('check');
  expect(hooked.testRuns()).toBe(1);
  const { stdout } = await hooked.tagship('--dry-run', 'check', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'planned', wouldRun: [], known: [''] });
});

it('what was not checked is tested by the push, once', async () => {
  const hooked = await HookedApp.make();
  await hooked.app.commit('lib/a.dart', '// a\n', 'feat: a');
  expect(await hooked.push('origin', 'feature')).toMatchObject({ exitCode: 0 });
  expect(await hooked.push('origin', 'HEAD:again')).toMatchObject({ exitCode: 0 });
  expect(hooked.testRuns()).toBe(1);
});

it('a push whose tests fail does not happen, and the failures are shown', async () => {
  const hooked = await HookedApp.make();
  await hooked.app.commit('test/greeting_test.dart', BROKEN, 'test: fail');
  const push = await hooked.push('origin', 'feature');
  expect(push.exitCode).not.toBe(0);
  expect(push.stderr).toContain('✘ greets  test/greeting_test.dart:2');
  expect(await hooked.published('refs/heads/feature')).toBeUndefined();
});

it('the pushed commit is tested, not what lies in the working tree', async () => {
  const hooked = await HookedApp.make();
  await hooked.app.commit('test/greeting_test.dart', BROKEN, 'test: fail');
  await hooked.app.write('test/greeting_test.dart', "void main() { test('greets', () {}); }\n");
  expect(await hooked.tagship('check')).toMatchObject({ exitCode: 0 });
  expect((await hooked.push('origin', 'feature')).exitCode).not.toBe(0);

  await hooked.app.git('commit', '-qam', 'fix: it');
  await hooked.app.write('test/greeting_test.dart', BROKEN);
  await hooked.app.write('test/new_test.dart', BROKEN);
  expect(await hooked.push('origin', 'feature')).toMatchObject({ exitCode: 0 });
  expect(hooked.app.read('test/new_test.dart')).toBe(BROKEN);
});

it('a file that git was told not to look at hides nothing', async () => {
  const hooked = await HookedApp.make();
  await hooked.app.commit('test/greeting_test.dart', BROKEN, 'test: fail');
  await hooked.app.git('update-index', '--assume-unchanged', 'test/greeting_test.dart');
  await hooked.app.write('test/greeting_test.dart', "void main() { test('greets', () {}); }\n");
  expect(await hooked.tagship('check')).toMatchObject({ exitCode: 3 });
  expect((await hooked.push('origin', 'feature')).exitCode).not.toBe(0);
});

describe('a file that a test needs and nobody else has', () => {
  const HELPED = 'checks: { analyze: false, test: test -e lib/helper.dart }\n';
  const hide = {
    'info/exclude': 'app/.git/info/exclude',
    'core.excludesFile': 'ignored',
    'a .gitignore that hides itself': 'app/lib/.gitignore',
  };

  it.each(Object.entries(hide))('is missed by the push and by check when %s hides it', async (_how, file) => {
    const hooked = await HookedApp.make({ 'tagship.yaml': HELPED });
    const { app } = hooked;
    await app.commit('lib/a.dart', '// a\n', 'feat: a');
    appendFileSync(join(app.folder, file), 'helper.dart\n.gitignore\n');
    await app.git('config', 'core.excludesFile', join(app.folder, hide['core.excludesFile']));
    await app.write('lib/helper.dart', '// mine\n');
    expect(await hooked.tagship('check')).toMatchObject({ exitCode: 3 });
    const push = await hooked.push('origin', 'feature');
    expect(push.exitCode).not.toBe(0);
    expect(push.stderr).toMatch(/in a folder of its own, as the working tree has something else: lib\/(helper|\.git)/);
    await app.write('lib/new.dart', '// new\n');
    expect(await hooked.tagship('check')).toMatchObject({ exitCode: 3 });
    expect(app.read('lib/helper.dart')).toBe('// mine\n');
    await app.git('add', '--force', 'lib');
    await app.git('-c', 'core.hooksPath=/dev/null', 'commit', '-qm', 'feat: give it to all');
    expect(await hooked.push('origin', 'feature')).toMatchObject({ exitCode: 0 });
  });

  it('is missed by check --tree where .gitignore hides it, also after check has passed beside it', async () => {
    const ignored = '.dart_tool/\n.husky/_/\nhelper.dart\n';
    const hooked = await HookedApp.make({ 'tagship.yaml': HELPED, '.gitignore': ignored });
    await hooked.app.write('lib/helper.dart', '// generated\n');
    expect(await hooked.tagship('check')).toMatchObject({ exitCode: 0 });
    expect((await hooked.tagship('check')).stderr).toContain('HEAD passed, as before');
    expect(await hooked.tagship('check', '--tree', 'HEAD')).toMatchObject({ exitCode: 3 });
  });

  it.each(['lib/gen', 'lib/gen/deep'])(
    'is missed by check when the .gitignore of its own folder %s says *',
    async (at) => {
      const test = `checks: { analyze: false, test: test -e ${at}/helper.dart }\n`;
      const hooked = await HookedApp.make({ 'tagship.yaml': test, '.gitignore': 'build/\n' });
      for (const path of [at, 'build']) await hooked.app.write(`${path}/.gitignore`, '*\n');
      await hooked.app.write(`${at}/helper.dart`, '// mine\n');
      const checked = await hooked.tagship('check');
      const note = `something else: ${at}/.gitignore (commit it, or move it out of the repository)`;
      expect(checked).toMatchObject({ exitCode: 3, stderr: expect.stringContaining(note) });
    },
  );

  it('is missed by check when it is an asset .env', async () => {
    const hooked = await HookedApp.make({ 'tagship.yaml': 'checks: { analyze: false, test: test -e .env }\n' });
    appendFileSync(join(hooked.app.path, '.git/info/exclude'), '.env\n');
    await hooked.app.write('.env', 'KEY=1\n');
    expect(await hooked.tagship('check')).toMatchObject({ exitCode: 3 });
  });

  it('is in no other working tree, beside which gates run where they are', async () => {
    const test = 'test -e one/.git && test -e more/two/.git';
    const hooked = await HookedApp.make({ 'tagship.yaml': `checks: { analyze: false, test: "${test}" }\n` });
    const { app } = hooked;
    appendFileSync(join(app.path, '.git/info/exclude'), 'one/\nmore/\n');
    await app.git('init', '-q', 'one');
    await app.git('worktree', 'add', '-q', '--detach', 'more/two');
    expect(await hooked.tagship('check')).toMatchObject({ exitCode: 0 });
  });

  it('is told on one line, whatever its name', async () => {
    const hooked = await HookedApp.make({ 'tagship.yaml': 'checks: { analyze: false, test: "true" }\n' });
    appendFileSync(join(hooked.app.path, '.git/info/exclude'), 'odd*\n');
    await hooked.app.write('odd\nall is well', 'x\n');
    const { stderr } = await hooked.tagship('check');
    expect(stderr).toContain('something else: odd\\nall is well (commit it');
  });

  it('is no dropping of editors and systems, beside which gates run where they are', async () => {
    const test = 'test -e .idea/x && test -e a.dart~ && test -e node_modules/x';
    const hooked = await HookedApp.make({ 'tagship.yaml': `checks: { analyze: false, test: "${test}" }\n` });
    appendFileSync(join(hooked.app.path, '.git/info/exclude'), '.idea/\n*~\nnode_modules/\n');
    for (const path of ['.idea/x', 'a.dart~', 'node_modules/x']) await hooked.app.write(path, 'x\n');
    expect(await hooked.tagship('check')).toMatchObject({ exitCode: 0 });
  });
});

it('a branch that is not checked out is tested in a folder of its own, which says so', async () => {
  const hooked = await HookedApp.make({ 'tagship.yaml': 'checks: { analyze: false, test: "true" }\n' });
  await hooked.app.commit('lib/a.dart', '// a\n', 'feat: a');
  await hooked.app.git('switch', '-q', '--detach', 'develop');
  const push = await hooked.push('origin', 'feature');
  expect(push.stderr).toContain('  in a folder of its own, as another commit is checked out\n');
});

it('a commit that git replace shows another in the place of is tested as it is pushed', async () => {
  const hooked = await HookedApp.make();
  await hooked.app.commit('test/greeting_test.dart', BROKEN, 'test: fail');
  await hooked.app.git('replace', 'HEAD', 'HEAD~');
  await hooked.app.git('reset', '-q', '--hard');
  expect(await hooked.tagship('check', '--tree', 'HEAD')).toMatchObject({ exitCode: 3 });
  expect((await hooked.push('origin', 'feature')).exitCode).not.toBe(0);
  expect(await hooked.published('refs/heads/feature')).toBeUndefined();
});

it('an amended commit, another SDK and another configuration are tested anew', async () => {
  const hooked = await HookedApp.make();
  await hooked.app.commit('lib/a.dart', '// a\n', 'feat: a');
  await hooked.tagship('check');
  await hooked.app.write('lib/a.dart', '// b\n');
  await hooked.app.git('commit', '-qa', '--amend', '--no-edit');
  await hooked.push('origin', 'feature');
  expect(hooked.testRuns()).toBe(2);

  await hooked.app.commit('lib/a.dart', '// c\n', 'feat: c');
  await hooked.tagship('check');
  await hooked.makeSdk('1.1.0');
  await hooked.push('origin', 'feature');
  expect(hooked.testRuns()).toBe(4);

  await hooked.tagship('check');
  await hooked.app.commit('tagship.yaml', 'checks: { test: flutter test -r expanded }\n', 'ci: tell more');
  expect(await hooked.push('origin', 'feature')).toMatchObject({ exitCode: 0 });
  expect(hooked.testRuns()).toBe(5);
});

it('a commit with the same files as one that passed is not tested again', async () => {
  const hooked = await HookedApp.make();
  await hooked.app.write('lib/a.dart', '// a\n');
  await hooked.app.git('add', '-A');
  expect(await hooked.tagship('check', '--staged')).toMatchObject({ exitCode: 0 });
  await hooked.app.git('commit', '-qm', 'feat: a');
  expect(await hooked.push('origin', 'feature')).toMatchObject({ exitCode: 0 });
  expect(hooked.testRuns()).toBe(1);
});

it.each([
  ['options that it includes', 'tooling/strict.yaml', 'linter: { rules: [] }\n'],
  ['what a link in it leads to', 'shared/x.dart', '// y\n'],
])('a package is tested again when %s change, and not when nothing does', async (_what, path, content) => {
  const hooked = await HookedApp.make({
    'tagship.yaml': 'checks: { packages: [packages/core] }\n',
    'packages/core/pubspec.yaml': PUBSPEC,
    'packages/core/test/a_test.dart': "import 'package:test/test.dart';\nvoid main() { test('a', () {}); }\n",
  });
  const { app } = hooked;
  await app.write('shared/x.dart', '// x\n');
  await app.write('tooling/strict.yaml', 'linter: {}\n');
  if (path.startsWith('shared')) symlinkSync('../../shared/x.dart', join(app.path, 'packages/core/x.dart'));
  else await app.write('packages/core/analysis_options.yaml', 'include: ../../tooling/strict.yaml\n');
  await app.git('add', '-A');
  await app.git('commit', '-qm', 'feat: more');
  await hooked.tagship('check');
  expect((await hooked.tagship('check')).stderr).toContain('HEAD passed, as before');
  await app.commit(path, content, 'fix: change it');
  await hooked.tagship('check');
  expect(hooked.testRuns()).toBe(2);
});

it.each([
  ['made', ['check', '--tree', 'HEAD']],
  ['made', ['check']],
  ['pushed', ['push', 'origin', 'feature']],
])('gates that change a file of the project pass it unseen by nobody: %s', async (_how, args) => {
  const hooked = await HookedApp.make({
    'tagship.yaml': 'checks: { get: "echo good >lib/made.dart", analyze: false, test: "grep -q good lib/made.dart" }\n',
    'lib/made.dart': 'bad\n',
  });
  await hooked.app.commit('lib/a.dart', '// a\n', 'feat: a');
  const { exitCode, stderr } = args[0] === 'push' ? await hooked.push(...args.slice(1)) : await hooked.tagship(...args);
  expect(stderr).toContain('! not remembered: the gates change lib/made.dart (commit what they make of it)');
  expect(exitCode).toBe(0);
  const again = await hooked.tagship('check', '--tree', 'HEAD', '--json');
  const obstacles = ['the gates change lib/made.dart (commit what they make of it)'];
  expect(JSON.parse(again.stdout)).toMatchObject({ ran: [''], remembered: false, obstacles });
});

it('tests that make a file which is not ignored are not remembered, and do not run again', async () => {
  const hooked = await HookedApp.make({
    'tagship.yaml': 'checks: { analyze: false, test: "date +%N >> lib/made.dart; date >>.git/runs" }\n',
  });
  const check = await hooked.tagship('check', '--json');
  const obstacles = ['lib/made.dart came while the gates ran'];
  expect(JSON.parse(check.stdout)).toMatchObject({ outcome: 'passed', remembered: false, obstacles });
  expect(check.stderr).toContain('! not remembered: lib/made.dart came while the gates ran');
  expect(readFileSync(join(hooked.app.path, '.git/runs'), 'utf8').match(/\n/g)).toHaveLength(1);
});

it('what is saved while the gates run is not what they have passed: they run again, in a folder of their own', async () => {
  const hooked = await HookedApp.make({ 'lib/a.dart': 'bad\n' });
  const test = `echo good >'${join(hooked.app.path, 'lib/a.dart')}'; grep -q good lib/a.dart`;
  await hooked.app.commit('tagship.yaml', `checks: { analyze: false, test: ${JSON.stringify(test)} }\n`, 'feat: check');
  const { exitCode, stderr } = await hooked.push('origin', 'feature');
  expect(stderr).toContain(
    'again, in a folder of its own, without what git ignores: lib/a.dart changed while the gates ran',
  );
  expect(exitCode).toBe(1);
});

it('line ends that git would turn are not told as changed by the gates', async () => {
  const hooked = await HookedApp.make({ 'lib/a.dart': '// a\r\n' });
  await hooked.app.commit('.gitattributes', '* text=auto\n', 'chore: attributes');
  const check = () => hooked.tagship('check', '--tree', 'HEAD', '--json');
  expect(JSON.parse((await check()).stdout)).toMatchObject({ ran: [''], remembered: true });
  expect(JSON.parse((await check()).stdout)).toMatchObject({ known: [''] });
});

it('what has passed as a fresh clone has it has passed for the working tree and the push as well', async () => {
  const hooked = await HookedApp.make();
  await hooked.app.commit('lib/a.dart', '// a\n', 'feat: a');
  for (const args of [['--tree', 'HEAD'], ['--tree', 'HEAD'], []])
    expect(await hooked.tagship('check', ...args)).toMatchObject({ exitCode: 0 });
  expect(await hooked.push('origin', 'feature')).toMatchObject({ exitCode: 0 });
  expect(hooked.testRuns()).toBe(1);
});

it('a torn note of what was verified is worth nothing', async () => {
  const hooked = await HookedApp.make();
  await hooked.app.commit('lib/a.dart', '// a\n', 'feat: a');
  await hooked.tagship('check');
  const folder = join(hooked.app.path, '.git/tagship/verified/contexts');
  for (const name of readdirSync(folder)) writeFileSync(join(folder, name), 'protected\trefs/heads/main\t\n');
  await hooked.installHook(NOWHERE);
  expect((await hooked.push('origin', 'feature')).exitCode).not.toBe(0);
});

it('a linked worktree knows what was verified in another', async () => {
  const hooked = await HookedApp.make();
  await hooked.app.commit('lib/a.dart', '// a\n', 'feat: a');
  await hooked.tagship('check');
  const linked = join(hooked.app.folder, 'linked');
  await hooked.app.git('worktree', 'add', '-q', '--detach', linked);
  await hooked.app.git('config', 'core.hooksPath', join(hooked.app.path, '.husky/_'));
  await hooked.installHook(NOWHERE);
  await hooked.app.git('config', 'core.hooksPath', join(hooked.app.path, '.husky/_'));
  const push = await runProgram('git', ['push', 'origin', 'HEAD:refs/heads/linked'], { cwd: linked, env: hooked.env });
  expect(push).toMatchObject({ exitCode: 0 });
});

it('a rebase in the middle is pushed as it stands', async () => {
  const hooked = await HookedApp.make();
  await hooked.app.commit('lib/a.dart', '// a\n', 'feat: a');
  await hooked.app.commit('lib/b.dart', '// b\n', 'feat: b');
  const rebase = await hooked.run('git', ['rebase', '-i', 'HEAD~2'], { GIT_SEQUENCE_EDITOR: 'sed -i 1s/pick/edit/' });
  expect(rebase.exitCode).toBe(0);
  expect(await hooked.push('origin', 'HEAD:refs/heads/half')).toMatchObject({ exitCode: 0 });
  expect(hooked.testRuns()).toBe(1);
  await hooked.app.git('rebase', '--continue');
});

it('a thousand branches on one commit are tested once, and known afterwards', async () => {
  const hooked = await HookedApp.make();
  await hooked.app.commit('lib/a.dart', '// a\n', 'feat: a');
  const head = await hooked.app.git('rev-parse', 'HEAD');
  const lines = Array.from({ length: 1000 }, (_one, index) => `create refs/heads/b/${index} ${head}\n`);
  await runProgram('git', ['update-ref', '--stdin'], { cwd: hooked.app.path, input: lines.join('') });
  expect(await hooked.push('-q', 'origin', 'refs/heads/b/*:refs/heads/b/*')).toMatchObject({ exitCode: 0 });
  expect(hooked.testRuns()).toBe(1);
  await hooked.installHook(NOWHERE);
  expect(await hooked.push('-q', 'origin', 'refs/heads/b/*:refs/heads/c/*')).toMatchObject({ exitCode: 0 });
  expect(Object.keys(await hooked.app.refs('origin')).filter((ref) => ref.startsWith('refs/heads/c/'))).toHaveLength(
    1000,
  );
});

it('a repository of SHA-256 objects is verified like any other', async () => {
  const hooked = await HookedApp.make();
  const cwd = join(hooked.app.folder, 'sha256');
  const git = (...args: string[]) => runProgram('git', args, { cwd, env: hooked.env });
  await runProgram('git', ['init', '-q', '--object-format=sha256', '-b', 'topic', cwd], { cwd: hooked.app.folder });
  await runProgram('git', ['init', '-q', '--object-format=sha256', '--bare', 'sha.git'], { cwd: hooked.app.folder });
  await runProgram('cp', ['-r', 'app/lib', 'app/test', 'app/pubspec.yaml', 'app/.gitignore', 'sha256'], {
    cwd: hooked.app.folder,
  });
  for (const [key, value] of Object.entries({ 'user.name': 'Tester', 'user.email': 'tester@example.com' }))
    await git('config', key, value);
  await git('add', '-A');
  await git('commit', '-qm', 'feat: begin');
  await git('remote', 'add', 'origin', '../sha.git');
  await git('config', 'core.hooksPath', join(hooked.app.path, '.husky/_'));
  appendFileSync(join(cwd, '.git/info/exclude'), '.husky/\n');
  await runProgram('cp', ['-r', join(hooked.app.path, '.husky'), cwd], { cwd });
  await git('config', 'core.hooksPath', '.husky/_');
  expect(await git('push', '-q', 'origin', 'topic')).toMatchObject({ exitCode: 0 });
  expect(await git('push', '-q', 'origin', 'topic:again')).toMatchObject({ exitCode: 0 });
  expect(hooked.testRuns()).toBe(1);
});

it('a test that works with git does it in a repository of its own, whatever git told the hook', async () => {
  const test =
    'mkdir -p .dart_tool/x && cd .dart_tool/x && git init -q . && git -c user.name=T -c user.email=t@example.com commit -q --allow-empty -m stray';
  const hooked = await HookedApp.make({ 'tagship.yaml': `checks: { analyze: false, test: "${test}" }\n` });
  await hooked.app.commit('lib/a.dart', '// a\n', 'feat: a');
  const before = await hooked.app.git('log', '--all', '--format=%H');
  const env = { GIT_DIR: join(hooked.app.path, '.git'), GIT_INDEX_FILE: join(hooked.app.path, '.git/index') };
  expect(await hooked.run('git', ['push', '-q', 'origin', 'feature'], env)).toMatchObject({ exitCode: 0 });
  const remote = await hooked.app.git('rev-parse', 'refs/remotes/origin/feature');
  expect(remote).toBe(await hooked.app.git('rev-parse', 'HEAD'));
  expect(await hooked.app.git('log', '--all', '--format=%H')).toBe(before);
});

it('a branch that another configuration protects is not deleted by what was noted under the last', async () => {
  const hooked = await HookedApp.make();
  const { app } = hooked;
  await app.git('push', '-q', '--no-verify', 'origin', 'HEAD:trunk');
  await app.commit('lib/a.dart', '// a\n', 'feat: a');
  expect(await hooked.push('origin', 'feature')).toMatchObject({ exitCode: 0 });
  await app.git('switch', '-q', '-c', 'other');
  await app.commit('tagship.yaml', 'release: { branches: { main: trunk } }\n', 'ci: name the branch');
  const push = await hooked.push('origin', ':trunk');
  expect(push.exitCode).not.toBe(0);
  expect(push.stderr).toContain('trunk must not be deleted');
  expect(await hooked.published('refs/heads/trunk')).toBeDefined();
});
