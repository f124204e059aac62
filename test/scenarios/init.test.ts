import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../src/config/parse.ts';
import { AppRepository, PUBSPEC } from '../support/app-repository.ts';
import { CommittingApp, FORMATTED, MESSY } from '../support/committing-app.ts';
import { runProgram } from '../support/tagship.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** An app in which tagship is installed as npm would, in `folder` of it. */
async function installed(folder = '', files: Readonly<Record<string, string>> = {}): Promise<CommittingApp> {
  const ignored = { '.gitignore': 'node_modules/\n.dart_tool/\n' };
  const app = await AppRepository.make({ files: { 'pubspec.yaml': PUBSPEC, ...ignored, ...files }, origin: false });
  const place = join(app.path, folder, 'node_modules/tagship');
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(ROOT, place);
  return CommittingApp.at(app);
}

const WORKFLOW = '.github/workflows/tagship.yml';
const MANIFEST = '{\n  "name": "app",\n  "scripts": {\n    "deploy": "./mine.sh"\n  }\n}\n';

describe('tagship init', () => {
  it('sets an app up so that commits are judged, and says what was there already', async () => {
    const repo = await installed('', { 'package.json': MANIFEST });
    const { exitCode, stderr } = await repo.app.tagship(['init']);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stderr).toContain('! package.json has a script deploy already, which stays');
    expect(JSON.parse(repo.app.read('package.json')).scripts).toMatchObject({
      deploy: './mine.sh',
      'release:minor': 'tagship release minor',
      prepare: 'husky || node node_modules/tagship/node_modules/husky/bin.js',
    });
    expect(await repo.app.tagship(['doctor'])).toMatchObject({ exitCode: 0 });
    await repo.stage('lib/new.dart', MESSY);
    expect(await repo.commit(['-q', '-m', 'New file'])).toMatchObject({ exitCode: 1 });
    expect(await repo.commit(['-q', '-m', 'feat: new file'])).toMatchObject({ exitCode: 0 });
    expect(await repo.committed('lib/new.dart')).toBe(FORMATTED);
  });

  it('keeps what npm installs out of the next commit', async () => {
    const key = 'node_modules/ssh2/test/key.pem';
    const ignored = { '.gitignore': 'build/' };
    const { app } = await installed('', ignored);
    await app.write(key, 'anything');
    expect((await app.tagship(['init', '--dry-run'])).stderr).toContain('would add to .gitignore: node_modules/');
    expect(await app.tagship(['init'])).toMatchObject({ exitCode: 0 });
    await app.git('add', '-A');
    expect(await app.git('ls-files', 'node_modules')).toBe('');
    expect(app.read('.gitignore')).toBe('build/\nnode_modules/\n');
    expect((await app.tagship(['init'])).stderr).toContain('everything is set up already');

    const { app: other } = await installed('', ignored);
    await other.write(key, 'anything');
    await other.git('add', '-f', key);
    await other.tagship(['init']);
    expect(other.read('.gitignore')).toBe('build/');
  });

  it('gives the hooks to whoever installs a tagship that is named by its path, and names npm install where that is due', async () => {
    const { app } = await installed('', { 'package.json': MANIFEST });
    await app.tagship(['init']);
    await app.git('config', '--unset', 'core.hooksPath');
    rmSync(join(app.path, '.husky/_'), { recursive: true });
    const script: string = JSON.parse(app.read('package.json')).scripts.prepare;
    const run = await runProgram('sh', ['-c', script], { cwd: app.path, env: { PATH: '/usr/bin:/bin' } });
    expect(run).toMatchObject({ exitCode: 0 });
    expect(await app.git('config', 'core.hooksPath')).toBe('.husky/_');

    await app.write('package.json', '{ "devDependencies": { "tagship": "file:../tagship" } }');
    rmSync(join(app.path, 'node_modules'), { recursive: true });
    const doctor = await app.tagship(['doctor']);
    expect(doctor.stderr).toContain('tagship is not in node_modules/tagship');
    expect(doctor.stderr).toContain('next: npm install\n');
  });

  it('says that no hook runs on main before that has them', async () => {
    const { app } = await installed();
    const note = '! main has no .husky/ yet: no hook runs while it is checked out';
    expect((await app.tagship(['init'])).stderr).toContain(note);
    await app.git('add', '-A');
    await app.git('commit', '-q', '--no-verify', '-m', 'chore: set tagship up');
    expect((await app.tagship(['init'])).stderr).toContain(note);
    expect((await app.tagship(['init', '--no-hooks'])).stderr).not.toContain(note);
    await app.git('switch', '-q', 'main');
    expect((await app.tagship(['init', '--dry-run'])).stderr).not.toContain(note);
    await app.git('merge', '-q', 'develop');
    await app.git('switch', '-q', 'develop');
    expect((await app.tagship(['init'])).stderr).not.toContain(note);
  });

  it('says that no commit passes while the hooks would not find tagship', async () => {
    const app = await AppRepository.make({ origin: false });
    const { exitCode, stderr } = await app.tagship(['init']);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('! no commit passes yet: tagship is not in node_modules/tagship');
    expect(stderr).toContain('next: npm install --save-dev path/to/tagship');
    expect(stderr).not.toContain('are checked from now on');
    const again = await app.tagship(['init', '--json']);
    expect(JSON.parse(again.stdout).findings).toMatchObject([{ code: 'tagship-missing', fix: expect.any(String) }]);
  });

  it.runIf(process.getuid?.() === 0)('says which file may not be written, and that is no bug', async () => {
    const { app } = await installed();
    // This checkout may be where nobody else can read.
    const program = join(app.folder, 'tagship');
    for (const part of ['dist', 'package.json', 'node_modules/husky']) {
      cpSync(join(ROOT, part), join(program, part), { recursive: true });
    }
    await runProgram('chown', ['-R', '65534', app.folder], { cwd: '/' });
    await runProgram('chmod', ['-R', 'a-w', app.path], { cwd: '/' });
    const user = ['--reuid=65534', '--regid=65534', '--clear-groups'];
    const command = [...user, process.execPath, join(program, 'dist/main.js'), '-C', app.path, 'init'];
    const { exitCode, stderr } = await runProgram('setpriv', command, { cwd: '/', env: { HOME: '/nonexistent' } });
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/✘ \S+ may not be read or written\n {2}next: see whose it is: ls -ld/);
    expect(stderr).not.toContain('bug');
  });

  it('works for an app below the root of the repository', async () => {
    const repo = await installed('app', { 'app/package.json': '{}', 'app/pubspec.yaml': PUBSPEC });
    await repo.app.git('rm', '-q', 'pubspec.yaml');
    expect(await repo.app.tagship(['-C', 'app', 'init'])).toMatchObject({ exitCode: 0 });
    expect(await repo.app.git('config', 'core.hooksPath')).toBe('app/.husky/_');
    expect(JSON.parse(repo.app.read('app/package.json')).scripts.prepare).toContain('cd .. && (husky "app/.husky" || ');
    const [schema] = repo.app.read('tagship.yaml').split('\n');
    expect(schema).toBe('# yaml-language-server: $schema=app/node_modules/tagship/schema/tagship.schema.json');
    expect(await repo.commit(['--allow-empty', '-m', 'Nothing'])).toMatchObject({ exitCode: 1 });
    expect(await repo.commit(['--allow-empty', '-m', 'feat: nothing'])).toMatchObject({ exitCode: 0 });
    expect(await repo.app.tagship(['doctor'])).toMatchObject({ exitCode: 0 });
  });

  it('changes nothing the second time, and nothing at all with --dry-run', async () => {
    const repo = await installed();
    const untouched = await repo.app.fingerprint();
    const dry = await repo.app.tagship(['init', '--dry-run', '--json']);
    expect(JSON.parse(dry.stdout)).toMatchObject({ outcome: 'planned', husky: '.husky' });
    expect(JSON.parse(dry.stdout).files.map(({ path }: { path: string }) => path)).toEqual([
      'tagship.yaml',
      'package.json',
      '.husky/pre-commit',
      '.husky/commit-msg',
      '.husky/pre-push',
    ]);
    expect(await repo.app.fingerprint()).toBe(untouched);
    await repo.app.tagship(['init']);
    const after = await repo.app.fingerprint();
    const again = await repo.app.tagship(['init', '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({ outcome: 'done', files: [] });
    expect(await repo.app.fingerprint()).toBe(after);
  });

  it.each(['git@github.com:team/app.git', 'https://github.com/team/app'])(
    'lets pull requests on %s be checked, by a workflow that is theirs from then on',
    async (address) => {
      const repo = await installed('app', {
        'app/package.json': '{ "devDependencies": { "tagship": "^0.1.0" } }',
        'app/pubspec.yaml': PUBSPEC,
        'app/.fvmrc': '{ "flutter": "3.32.0" }',
      });
      await repo.app.git('remote', 'add', 'origin', address);
      expect(await repo.app.tagship(['init', '--no-hooks'])).toMatchObject({ exitCode: 0 });
      const { on, jobs } = parse(repo.app.read(WORKFLOW));
      expect(on).toEqual(['pull_request']);
      expect(jobs.check.defaults.run).toEqual({ 'working-directory': 'app' });
      expect(jobs.check.steps.map(({ uses, run }: { uses?: string; run?: string }) => uses ?? run).at(-1)).toBe(
        'npx --no -- tagship check',
      );
      expect(jobs.check.steps[2].with).toEqual({ 'flutter-version-file': 'app/.fvmrc' });
      await repo.app.write(WORKFLOW, '# mine\n');
      await repo.app.tagship(['init', '--no-hooks']);
      expect(repo.app.read(WORKFLOW)).toBe('# mine\n');
    },
  );

  it('writes no workflow where GitHub could not install tagship, or when it is told so', async () => {
    const manifest = (version: string) => `{ "devDependencies": { "tagship": "${version}" } }`;
    const repo = await installed('', { 'package.json': manifest('file:../tagship') });
    await repo.app.git('remote', 'add', 'origin', 'git@github.com:team/app.git');
    const { stderr } = await repo.app.tagship(['init', '--no-hooks']);
    expect(stderr).toContain('! no .github/workflows/tagship.yml: GitHub could not install tagship');
    await repo.app.write('package.json', manifest('latest'));
    const told = await repo.app.tagship(['init', '--no-hooks', '--no-workflow', '--json']);
    expect(JSON.parse(told.stdout).notes.join()).not.toContain('GitHub');
    expect(existsSync(join(repo.app.path, '.github'))).toBe(false);
  });

  it('writes no workflow for GitHub where no remote is there', async () => {
    const repo = await installed();
    await repo.app.git('remote', 'add', 'origin', 'git@gitlab.com:team/github.com.git');
    await repo.app.tagship(['init']);
    expect(existsSync(join(repo.app.path, '.github'))).toBe(false);
  });

  it('writes a configuration that says only what differs', async () => {
    const repo = await installed();
    await repo.app.git('branch', '-m', 'main', 'master');
    await repo.app.tagship(['init']);
    const text = repo.app.read('tagship.yaml');
    expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([
      'release:',
      '  branches: { main: master }',
    ]);
    expect(parseConfig(text).release.branches.main).toBe('master');
    // The examples are true ones.
    expect(() => parseConfig(text.replace(/^# (?=checks| )/gm, '').replace(/^# (?=environments)/m, ''))).not.toThrow();
  });

  it.each([
    ['release: [', 'config-syntax'],
    ['relaese: {}\n', 'config-invalid'],
  ])('refuses a configuration that is there and reads %j, and changes nothing', async (text, code) => {
    const repo = await installed('', { 'tagship.yaml': text });
    const untouched = await repo.app.fingerprint();
    for (const args of [['init'], ['init', '--dry-run']]) {
      const refused = await repo.app.tagship([...args, '--json']);
      expect(refused.exitCode).toBe(2);
      expect(JSON.parse(refused.stdout)).toMatchObject({ exit: 2, problems: [{ code }] });
    }
    expect(await repo.app.fingerprint()).toBe(untouched);
  });

  it('keeps the hooks that are there, and lets them run', async () => {
    const repo = await installed('', { '.husky/pre-commit': 'echo mine >>ran\n' });
    await repo.app.tagship(['init']);
    expect(await repo.commit(['-q', '--allow-empty', '-m', 'feat: nothing'])).toMatchObject({ exitCode: 0 });
    expect(repo.app.read('ran')).toBe('mine\n');
  });

  it.each(['init', 'doctor --fix'])('leaves to files what they may: %s', async (command) => {
    const { app } = await installed('', {
      'package.json': MANIFEST,
      '.gitignore': 'build/\n',
      '.husky/pre-commit': ':\n',
    });
    if (command !== 'init') await app.tagship(['init']);
    await app.write('.husky/pre-commit', ':\n');
    const modes = { '.husky/pre-commit': 0o755, '.husky/pre-push': 0o755, 'package.json': 0o660, '.gitignore': 0o664 };
    for (const [path, mode] of Object.entries(modes))
      if (existsSync(join(app.path, path))) chmodSync(join(app.path, path), mode);
    await app.tagship(command.split(' '));
    expect(app.read('.husky/pre-commit')).toContain('tagship');
    for (const [path, mode] of Object.entries(modes))
      expect([path, statSync(join(app.path, path)).mode & 0o777]).toEqual([path, mode]);
  });

  it('writes through a hook that is a link into the repository, and not through one that leads out of it', async () => {
    const repo = await installed('', { 'scripts/pc.sh': 'echo mine >>ran\n' });
    const { app } = repo;
    mkdirSync(join(app.path, '.husky'));
    const hook = (name: string) => join(app.path, '.husky', name);
    symlinkSync('../scripts/pc.sh', hook('pre-commit'));
    expect(await app.tagship(['init'])).toMatchObject({ exitCode: 0 });
    expect(readlinkSync(hook('pre-commit'))).toBe('../scripts/pc.sh');
    expect(app.read('scripts/pc.sh')).toMatch(/tagship[\s\S]*mine/);
    expect(await repo.commit(['-q', '--allow-empty', '-m', 'feat: nothing'])).toMatchObject({ exitCode: 0 });
    expect(app.read('ran')).toBe('mine\n');

    const shared = join(app.folder, 'shared.sh');
    writeFileSync(shared, ':\n');
    rmSync(hook('pre-push'));
    symlinkSync(shared, hook('pre-push'));
    const untouched = await app.fingerprint();
    for (const args of [['init'], ['init', '--dry-run'], ['doctor', '--fix']]) {
      const refused = await app.tagship(args);
      expect(refused).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('is a link to') });
    }
    expect(await app.fingerprint()).toBe(untouched);
    expect(readFileSync(shared, 'utf8')).toBe(':\n');
    await typeNext(repo);
    expect(readFileSync(shared, 'utf8')).toBe(':\n');
  });

  /** Types the command that a refusal names, in a folder where no relative path would do. */
  async function typeNext({ app }: CommittingApp) {
    const next = /next: (.*) \(makes/.exec((await app.tagship(['init'])).stderr)?.[1] ?? 'false';
    expect(await runProgram('sh', ['-c', next], { cwd: app.folder })).toMatchObject({ exitCode: 0 });
    expect(await app.tagship(['init'])).toMatchObject({ exitCode: 0 });
  }

  it.each([
    ['links to one script', 'common', ['.husky/pre-commit', '.husky/pre-push']],
    ['links to a script that is not there yet', 'none', ['.husky/pre-commit', '.husky/pre-push']],
    ['a hook and a link to it', 'pre-commit', ['.husky/pre-push']],
  ])('refuses two hooks that are one file before anything changes: %s', async (_how, target, links) => {
    const scripts = {
      '.husky/common': 'echo mine >>ran\n',
      ...(target === 'pre-commit' ? { '.husky/pre-commit': ':\n' } : {}),
    };
    const repo = await installed('', scripts);
    const { app } = repo;
    for (const link of links) symlinkSync(target, join(app.path, link));
    const untouched = await app.fingerprint();
    for (const args of [['init'], ['init', '--dry-run']]) {
      const refused = await app.tagship(args);
      expect(refused).toMatchObject({
        exitCode: 3,
        stderr: expect.stringContaining('.husky/pre-commit and .husky/pre-push'),
      });
    }
    expect(await app.fingerprint()).toBe(untouched);
    await typeNext(repo);
    expect(await repo.commit(['-q', '--allow-empty', '-m', 'bad'])).toMatchObject({ exitCode: 1 });
    expect(app.read('.husky/common')).toBe('echo mine >>ran\n');
    for (const name of ['pre-commit', 'pre-push']) expect(app.read(`.husky/${name}`)).toContain(name);
  });

  it.each([
    ['a folder', '.husky', { pre: ':\n' }],
    ['a folder with a hook', '.husky', { 'pre-commit': 'echo mine\n' }],
    ['a file that is not there', 'tagship.yaml', undefined],
  ])('writes nothing through a link out of the repository, to %s', async (_what, link, inIt) => {
    const repo = await installed();
    const shared = join(repo.app.folder, 'shared');
    if (inIt !== undefined) mkdirSync(shared);
    for (const [name, text] of Object.entries(inIt ?? {})) writeFileSync(join(shared, name), text);
    symlinkSync(shared, join(repo.app.path, link));
    const refused = await repo.app.tagship(['init']);
    expect(refused).toMatchObject({ exitCode: 3, stderr: expect.stringContaining(`${link} is a link to ${shared}`) });
    await typeNext(repo);
    expect(existsSync(shared) ? readdirSync(shared) : undefined).toEqual(inIt && Object.keys(inIt));
    for (const [name, text] of Object.entries(inIt ?? {})) {
      expect(readFileSync(join(shared, name), 'utf8')).toBe(text);
      expect(repo.app.read(`.husky/${name}`)).toContain(text);
    }
  });

  it('writes through a link inside of the repository to what is not there yet, once', async () => {
    const repo = await installed();
    const at = (path: string) => join(repo.app.path, path);
    symlinkSync('cfg/tagship.yaml', at('tagship.yaml'));
    symlinkSync('hooks', at('.husky'));
    expect(await repo.app.tagship(['init'])).toMatchObject({ exitCode: 0 });
    expect([readlinkSync(at('tagship.yaml')), readlinkSync(at('.husky'))]).toEqual(['cfg/tagship.yaml', 'hooks']);
    expect(repo.app.read('cfg/tagship.yaml')).toBe(repo.app.read('tagship.yaml'));
    expect(await repo.commit(['-q', '--allow-empty', '-m', 'bad'])).toMatchObject({ exitCode: 1 });
  });

  it('refuses a link to a link that names nothing', async () => {
    const repo = await installed();
    symlinkSync('other.yaml', join(repo.app.path, 'tagship.yaml'));
    symlinkSync('none.yaml', join(repo.app.path, 'other.yaml'));
    expect(await repo.app.tagship(['init'])).toMatchObject({ exitCode: 3 });
    await typeNext(repo);
  });

  it('lets what is added below it later run, once it has let a commit through, and not before', async () => {
    const repo = await installed();
    await repo.app.tagship(['init']);
    for (const name of ['pre-commit', 'commit-msg']) {
      await repo.app.write(`.husky/${name}`, `${repo.app.read(`.husky/${name}`)}echo ${name} >>ran\n`);
    }
    const ran = () => {
      const lines = existsSync(join(repo.app.path, 'ran')) ? repo.app.read('ran') : '';
      rmSync(join(repo.app.path, 'ran'), { force: true });
      return lines;
    };
    // Nothing to judge, and then something: the hooks start no node for the first.
    expect(await repo.commit(['-q', '--allow-empty', '-m', 'feat: nothing'])).toMatchObject({ exitCode: 0 });
    expect(ran()).toBe('pre-commit\ncommit-msg\n');
    await repo.stage('lib/new.dart', MESSY);
    expect(await repo.commit(['-q', '-m', 'New file'])).toMatchObject({ exitCode: 1 });
    expect(ran()).toBe('pre-commit\n');
    expect(await repo.commit(['-q', '-m', 'fixup! feat: nothing'])).toMatchObject({ exitCode: 0 });
    expect(ran()).toBe('pre-commit\ncommit-msg\n');
    await repo.stage('lib/broken.dart', 'void main() {\n');
    expect(await repo.commit(['-q', '-m', 'feat: broken'])).toMatchObject({ exitCode: 1 });
    expect(ran()).toBe('');
    await repo.app.write('.husky/pre-commit', `${repo.app.read('.husky/pre-commit')}exit 1\n`);
    await repo.app.git('reset', '-q', '--hard');
    expect(await repo.commit(['-q', '--allow-empty', '-m', 'feat: nothing'])).toMatchObject({ exitCode: 1 });
  });

  it('takes away the shims of hooks that are not there, until there is one', async () => {
    const repo = await installed();
    await repo.app.tagship(['init']);
    const shims = () =>
      readdirSync(join(repo.app.path, '.husky/_')).filter((name) => /^(pre|post|commit|prepare)-/.test(name));
    expect(shims().sort()).toEqual(['commit-msg', 'pre-commit', 'pre-push']);
    await repo.app.write('.husky/post-commit', 'echo done >>ran\n');
    await repo.stage('README.md', '# App\n');
    expect(await repo.commit(['-q', '-m', 'docs: begin'])).toMatchObject({ exitCode: 0 });
    expect(shims()).toContain('post-commit');
    expect(repo.app.read('ran')).toBe('done\n');
  });

  it('names the hooks of git’s own folder that husky keeps from running, until they are called or gone', async () => {
    const repo = await installed();
    const { app } = repo;
    const own = (name: string) => join(app.path, '.git/hooks', name);
    const hook = (name: string, line: string, mode = 0o755) =>
      writeFileSync(own(name), `#!/bin/sh\n${line}\n`, { mode });
    mkdirSync(dirname(own('x')), { recursive: true });
    hook('pre-commit', 'echo own >>ran');
    hook('post-commit', 'echo "after $#" >>ran');
    hook('pre-push', 'git lfs pre-push "$@"');
    hook('commit-msg', 'npx tagship hook commit-msg "$@"');
    hook('post-merge', '# husky\n. "$(dirname "$0")/husky.sh"');
    hook('post-checkout', 'exit 1', 0o644);
    hook('pre-rebase.sample', 'exit 1');
    const named = async (...args: string[]): Promise<readonly { what: string; fix: string }[]> =>
      JSON.parse((await app.tagship([...args, '--json'])).stdout).findings;
    const all = ['post-commit', 'pre-commit', 'pre-push'].map((name) => `git starts .git/hooks/${name} no more`);
    for (const args of [['init', '--dry-run'], ['init'], ['doctor']]) {
      expect((await named(...args)).map(({ what }) => what)).toEqual(all);
    }
    expect(await named('init', '--no-hooks')).toEqual([]);
    const { exitCode, stderr } = await app.tagship(['doctor']);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('.husky/post-commit does not call this one\n  next: echo ');
    expect((await app.tagship(['init'])).stderr).toContain('! git starts .git/hooks/pre-commit no more\n');

    const follow = async (command: string) =>
      expect(await runProgram('sh', ['-c', command], { cwd: app.path })).toMatchObject({ exitCode: 0 });
    const [after, before, lfs] = await named('doctor');
    await follow(after?.fix.split(', then: ')[0] ?? '');
    await follow(before?.fix.split(' (or, ')[0] ?? '');
    expect(await named('doctor')).toEqual([lfs]);
    expect(await named('init')).toEqual([lfs]);
    expect(await repo.commit(['-q', '--allow-empty', '-m', 'feat: nothing'])).toMatchObject({ exitCode: 0 });
    expect(app.read('ran')).toBe('own\nafter 0\n');
    const hooks = app.read('.husky/pre-push');
    await app.write('.husky/pre-push', `${hooks}git lfs pre-push "$@"\n`);
    expect(await named('doctor')).toEqual([]);
    await app.write('.husky/pre-push', hooks);
    await follow(/rm [^)]*/.exec(lfs?.fix ?? '')?.[0] ?? '');
    expect(await app.tagship(['doctor'])).toMatchObject({ exitCode: 0 });

    // Whoever clones it has the line, and not the hook.
    rmSync(own('pre-commit'));
    rmSync(own('post-commit'));
    expect(await repo.commit(['-q', '--allow-empty', '-m', 'feat: nothing'])).toMatchObject({ exitCode: 0 });
  });

  it('says how an app that has husky 8 goes on with what is needed, for as long as it is installed anew', async () => {
    const manifest = (husky: string) =>
      JSON.stringify({ scripts: { prepare: 'husky install' }, devDependencies: { husky, tagship: '^0.1.0' } });
    const { app } = await installed('', { 'package.json': manifest('^8.0.3') });
    await app.git('config', 'core.hooksPath', '.husky');
    const refused = await app.tagship(['init']);
    expect(refused.exitCode).toBe(3);
    const install = ' && npm install --save-dev husky@9';
    const [set = '', unset = ''] = /next: (.*)/.exec(refused.stderr)?.[1]?.split(', then: ') ?? [];
    expect(set).toContain(install);
    const run = async (command: string) =>
      expect(await runProgram('sh', ['-c', command], { cwd: app.path })).toMatchObject({ exitCode: 0 });
    await run(unset);
    expect((await app.tagship(['init'])).stderr).toContain(`! package.json runs husky install`);
    const found = JSON.parse((await app.tagship(['doctor', '--fix', '--json'])).stdout).findings;
    expect(found).toMatchObject([{ code: 'husky-old', fix: set }]);
    await run(set.replace(install, ''));
    expect(JSON.parse(app.read('package.json')).scripts.prepare).toBe('husky');
    expect(await app.tagship(['doctor'])).toMatchObject({ exitCode: 0 });
  });

  it('names another place of hooks and leaves it, and everything else', async () => {
    const repo = await installed();
    await repo.app.git('config', 'core.hooksPath', '../my hooks');
    const untouched = await repo.app.fingerprint();
    const refused = await repo.app.tagship(['init', '--json']);
    expect(refused.exitCode).toBe(3);
    expect(JSON.parse(refused.stdout).problems).toMatchObject([
      {
        code: 'hooks-path-taken',
        what: expect.stringContaining('../my hooks'),
        why: expect.stringContaining('.git/config'),
      },
    ]);
    expect(await repo.app.fingerprint()).toBe(untouched);
    expect(await repo.app.tagship(['init', '--no-hooks'])).toMatchObject({ exitCode: 0 });
    expect(existsSync(join(repo.app.path, '.husky'))).toBe(false);
    expect(JSON.parse(repo.app.read('package.json')).scripts.prepare).toBeUndefined();
  });
});

describe('a commit with nothing to check', () => {
  it.each([
    ['feat: x', 0],
    ['fix(ui)!: x', 0],
    ['feat: x\n\nmore\n\nRefs: #1', 0],
    ['Add x', 1],
    ['feat:x', 1],
    ['feat: ', 1],
    ['Feat: x', 1],
    ['feat(ui: x', 1],
    ['feat: x\nmore', 1],
    ['feat: x\n\nBreaking changes: all', 1],
    [`feat: ${'x'.repeat(95)}`, 1],
  ])('starts no Node for the message %j, and passes none that tagship refuses', async (message, status) => {
    const repo = await installed();
    await repo.app.tagship(['init']);
    const args = ['-q', '--allow-empty', '--cleanup=verbatim', '-m', message];
    // Whatever is handed over fails.
    expect(await repo.commit(args, { tagship_node: 'false' })).toMatchObject({ exitCode: status });
    expect(await repo.commit(args)).toMatchObject({ exitCode: status });
  });

  it('asks tagship when the configuration speaks of messages, or something is staged', async () => {
    const repo = await installed();
    await repo.app.tagship(['init']);
    const args = ['-q', '--allow-empty', '-m', 'feat: x'];
    await repo.app.write('tagship.yaml', 'checks: { message: { types: [fix] } }\n');
    expect(await repo.commit(args)).toMatchObject({ exitCode: 1 });
    await repo.stage('tagship.yaml', '');
    expect(await repo.commit(args, { tagship_node: 'false' })).toMatchObject({ exitCode: 1 });
  });
});

it('a client whose PATH has neither node nor Dart commits through the hooks', async () => {
  const repo = await installed();
  expect(await repo.app.tagship(['init'])).toMatchObject({ exitCode: 0 });
  const bin = join(repo.app.folder, 'bin');
  mkdirSync(bin);
  for (const name of ['git', 'sh', 'basename', 'dirname', 'env', 'rm'])
    symlinkSync(`/usr/bin/${name}`, join(bin, name));
  await repo.stage('lib/new.dart', MESSY);
  // The stand-in for Dart is a program of node.
  const dart = join(repo.app.folder, 'sdk/bin/dart');
  mkdirSync(dirname(dart), { recursive: true });
  writeFileSync(dart, `#!/bin/sh\nexec '${process.execPath}' '${ROOT}/scripts/stand-ins/dart' "$@"\n`);
  chmodSync(dart, 0o755);
  await repo.app.write('.git/tagship/sdk', `${dirname(dirname(dart))}\n`);
  const env = { PATH: bin, HOME: repo.app.folder };
  expect(await repo.commit(['-q', '-m', 'New file'], env)).toMatchObject({ exitCode: 1 });
  expect(await repo.commit(['-q', '-m', 'feat: new file'], env)).toMatchObject({ exitCode: 0 });
  expect(await repo.committed('lib/new.dart')).toBe(FORMATTED);

  await repo.stage('lib/other.dart', MESSY);
  rmSync(join(repo.app.path, '.git/tagship/node'));
  const lost = await repo.commit(['-q', '-m', 'feat: other file'], env);
  expect(lost.exitCode).toBe(1);
  expect(lost.stderr).toContain('next: tagship doctor --fix (in a terminal that finds node)');
});

describe("husky's own behaviour stays", () => {
  it('HUSKY=0 switches hooks off for one commit', async () => {
    const repo = await installed();
    await repo.app.tagship(['init']);
    expect(await repo.commit(['--allow-empty', '-m', 'Nothing'], { HUSKY: '0' })).toMatchObject({ exitCode: 0 });
  });

  it('a script that husky runs before hooks is run', async () => {
    const repo = await installed();
    await repo.app.tagship(['init']);
    const config = join(repo.app.folder, 'config');
    mkdirSync(join(config, 'husky'), { recursive: true });
    writeFileSync(join(config, 'husky/init.sh'), 'echo before >>ran\n');
    await repo.commit(['--allow-empty', '-m', 'feat: nothing'], { XDG_CONFIG_HOME: config });
    expect(repo.app.read('ran')).toBe('before\nbefore\n');
  });

  it('HUSKY=2 shows what runs, and a hook whose program is not there is told with the PATH it was looked for in', async () => {
    const repo = await installed();
    await repo.app.tagship(['init']);
    const traced = await repo.commit(['--allow-empty', '-m', 'feat: nothing'], { HUSKY: '2' });
    expect(traced).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(/^\+ .*commit-msg/m) });
    await repo.app.write('.husky/commit-msg', 'no-such-tool\n');
    const refused = await repo.commit(['--allow-empty', '-m', 'feat: nothing']);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('husky - command not found in PATH=node_modules/.bin:');
  });

  it('programs of node_modules/.bin are on PATH, and a failing hook stops the commit with its name', async () => {
    const repo = await installed();
    await repo.app.tagship(['init']);
    mkdirSync(join(repo.app.path, 'node_modules/.bin'), { recursive: true });
    writeFileSync(join(repo.app.path, 'node_modules/.bin/own-tool'), '#!/bin/sh\nexit 7\n');
    chmodSync(join(repo.app.path, 'node_modules/.bin/own-tool'), 0o755);
    await repo.app.write('.husky/commit-msg', 'own-tool\n');
    const refused = await repo.commit(['--allow-empty', '-m', 'feat: nothing']);
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toContain('husky - commit-msg script failed (code 7)');
  });
});

describe('tagship doctor', () => {
  /** Each breaks a set-up that was whole. */
  const BROKEN: readonly (readonly [string, string, (path: string) => void])[] = [
    [
      'husky was never run in this worktree',
      'husky-missing',
      (path) => rmSync(join(path, '.husky/_'), { recursive: true }),
    ],
    ['a shim was lost', 'shim-lost', (path) => rmSync(join(path, '.husky/_/pre-push'))],
    [
      'what every shim goes on with is garbled',
      'husky-garbled',
      (path) => writeFileSync(join(path, '.husky/_/h'), '#!/u'),
    ],
    ['a shim is garbled', 'husky-garbled', (path) => writeFileSync(join(path, '.husky/_/pre-push'), 'x\n')],
    ['a shim may not be run', 'not-executable', (path) => chmodSync(join(path, '.husky/_/pre-commit'), 0o644)],
    ['a hook was deleted', 'hook-missing', (path) => rmSync(join(path, '.husky/commit-msg'))],
    [
      'a hook does not call tagship',
      'hook-missing',
      (path) => writeFileSync(join(path, '.husky/pre-push'), 'npm test\n'),
    ],
    [
      'a commit was killed',
      'commit-unfinished',
      (path) => {
        const owner = { pid: 1, startedAt: 0, bootId: 'another' };
        writeFileSync(join(path, '.git/tagship/staged.jsonl'), `${JSON.stringify({ owner, files: [] })}\n`);
      },
    ],
    ['the place of the SDK is not written down', 'sdk-not-recorded', (path) => rmSync(join(path, '.git/tagship/sdk'))],
    [
      'the SDK that was written down is gone',
      'sdk-not-recorded',
      (path) => writeFileSync(join(path, '.git/tagship/sdk'), '/nowhere/flutter\n'),
    ],
    ['the place of node is not written down', 'node-not-recorded', (path) => rmSync(join(path, '.git/tagship/node'))],
    [
      'the node that was written down is gone',
      'node-gone',
      (path) => writeFileSync(join(path, '.git/tagship/node'), '/nowhere/node\n'),
    ],
  ];

  it.each(BROKEN)('finds and puts right that %s', async (_what, code, breakIt) => {
    const repo = await installed();
    await repo.app.tagship(['init']);
    breakIt(repo.app.path);
    const sick = await repo.app.tagship(['doctor', '--json']);
    expect(sick.exitCode).toBe(3);
    const found = JSON.parse(sick.stdout);
    expect(found.outcome).toBe('unhealthy');
    expect(found.findings.map((finding: { code: string }) => finding.code)).toContain(code);
    const mended = await repo.app.tagship(['doctor', '--fix', '--json']);
    expect(JSON.parse(mended.stdout)).toMatchObject({ outcome: 'repaired', exit: 0, findings: [] });
    expect(await repo.app.tagship(['doctor'])).toMatchObject({ exitCode: 0 });
    if (code === 'hook-missing')
      expect(readFileSync(join(repo.app.path, '.husky/pre-push'), 'utf8')).toContain('tagship');
  });

  it('writes no hooks on a branch that has none while another has them, and they run there again', async () => {
    const repo = await installed('', { 'package.json': MANIFEST });
    const { app } = repo;
    await app.tagship(['init']);
    await app.git('add', '-A');
    await app.git('commit', '-q', '--no-verify', '-m', 'chore: set tagship up');
    const doctor = async () => JSON.parse((await app.tagship(['doctor', '--fix', '--json'])).stdout);
    const hookless = (fix: string) => ({ outcome: 'unhealthy', findings: [{ code: 'branch-hookless', fix }] });
    await app.git('switch', '-q', 'main');
    expect(await doctor()).toMatchObject(hookless('git switch develop (the first release brings them to main)'));
    // Also where husky has to be installed, which keeps the shims of hooks that are there.
    rmSync(join(app.path, '.husky/_'), { recursive: true });
    expect(await doctor()).toMatchObject(hookless('git switch develop (the first release brings them to main)'));
    await app.git('switch', '-q', '-c', 'topic');
    expect(await doctor()).toMatchObject(hookless('git merge develop (or: git switch develop)'));
    expect(await app.git('status', '--short')).toBe('');

    await app.git('switch', '-q', 'develop');
    expect(await app.tagship(['doctor'])).toMatchObject({ exitCode: 0 });
    expect(await repo.commit(['--allow-empty', '-m', 'Nothing'])).toMatchObject({ exitCode: 1 });
  });

  it('leaves the way free to the branch that was set up, whatever it is called', async () => {
    const repo = await installed('', { 'package.json': MANIFEST });
    const { app } = repo;
    await app.git('switch', '-q', '-c', 'set-up(husky)');
    await app.tagship(['init']);
    await app.git('add', '-A');
    await app.git('commit', '-q', '--no-verify', '-m', 'chore: set tagship up');
    writeFileSync(join(app.path, '.git/hooks/post-merge'), '#!/bin/sh\n', { mode: 0o755 });
    await app.git('switch', '-q', 'develop');
    const fixed = JSON.parse((await app.tagship(['doctor', '--fix', '--json'])).stdout);
    const fix = "git merge --no-ff 'set-up(husky)' (or: git switch 'set-up(husky)')";
    expect(fixed.findings).toEqual([expect.objectContaining({ code: 'branch-hookless', fix })]);
    expect(await app.git('status', '--short')).toBe('');
    await app.git('switch', '-q', 'set-up(husky)');
    await app.git('switch', '-q', 'develop');
    await app.git('merge', '-q', '--no-ff', 'set-up(husky)');
    rmSync(join(app.path, '.git/hooks/post-merge'));
    expect(await app.tagship(['doctor'])).toMatchObject({ exitCode: 0 });

    // From a branch that is merged already nothing would come.
    await app.git('rm', '-rq', '.husky');
    await app.git('commit', '-q', '--no-verify', '-m', 'chore: without hooks');
    await app.git('branch', '-q', '-f', 'main');
    const gone = JSON.parse((await app.tagship(['doctor', '--json'])).stdout).findings;
    expect(new Set(gone.map(({ code }: { code: string }) => code))).toContain('hook-missing');
  });

  it('says of a clone whose branch was never set up which branch was', async () => {
    const { app } = await installed('', { 'package.json': MANIFEST });
    await app.tagship(['init']);
    await app.git('add', '-A');
    await app.git('commit', '-q', '--no-verify', '-m', 'chore: set tagship up');
    await app.git('switch', '-q', 'main');
    await app.git('clone', '-q', '.', '../clone');
    const clone = AppRepository.at(app.folder);
    const { stdout } = await clone.tagship(['-C', '../clone', 'doctor', '--json']);
    expect(JSON.parse(stdout).findings).toMatchObject([
      { code: 'branch-hookless', fix: 'git switch develop (the first release brings them to main)' },
    ]);
  });

  it('says one thing of an app that was never set up', async () => {
    const app = await AppRepository.make();
    const { exitCode, stdout } = await app.tagship(['doctor', '--json']);
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout).findings).toMatchObject([{ code: 'not-set-up', fix: 'tagship init' }]);
  });

  it.each([
    ['core.hooksPath is elsewhere', 'hooks-path', {}],
    ['HUSKY=0 is set', 'switched-off', { HUSKY: '0' }],
    ['tagship is not installed', 'tagship-missing', {}],
    ['there is no SDK', 'sdk-missing', { PATH: '/usr/bin:/bin', HOME: '/nowhere' }],
  ])('names what only its user can put right: %s', async (_what, code, env) => {
    const repo = await installed();
    await repo.app.tagship(['init']);
    if (code === 'hooks-path') await repo.app.git('config', 'core.hooksPath', '/elsewhere');
    if (code === 'tagship-missing') rmSync(join(repo.app.path, 'node_modules'), { recursive: true });
    if (code === 'sdk-missing') rmSync(join(repo.app.path, '.git/tagship/sdk'));
    const { exitCode, stdout } = await repo.app.tagship(['doctor', '--fix', '--json'], env);
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout).findings).toMatchObject([{ code, fix: expect.any(String) }]);
  });

  it('names a command that takes a setting away which stands in a file of its own', async () => {
    const repo = await installed();
    await repo.app.tagship(['init']);
    const home = join(repo.app.path, '.git/a home');
    mkdirSync(join(home, '.config/husky'), { recursive: true });
    writeFileSync(join(home, '.gitconfig'), '[core]\n\thooksPath = /elsewhere\n');
    writeFileSync(join(home, '.config/husky/init.sh'), 'export HUSKY=0\n');
    await repo.app.git('config', '--unset', 'core.hooksPath');
    const env = { HOME: home, GIT_CONFIG_GLOBAL: join(home, '.gitconfig'), XDG_CONFIG_HOME: '' };
    const findings = async () => JSON.parse((await repo.app.tagship(['doctor', '--json'], env)).stdout).findings;
    const [off, elsewhere] = await findings();
    expect(off).toMatchObject({ code: 'switched-off', fix: 'take the line with HUSKY out of that file' });
    const [command] = elsewhere.fix.split(', then: ');
    expect(await runProgram('sh', ['-c', command], { cwd: repo.app.path, env })).toMatchObject({ exitCode: 0 });
    expect((await findings())[1]).toMatchObject({ code: 'husky-missing' });
  });
});
