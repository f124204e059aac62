import { readFileSync } from 'node:fs';
import { appendFile, chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppRepository } from '../../support/app-repository.ts';
import { scanBranch, told } from '../../support/secrets/scanning.ts';
import { Seeded } from '../../support/secrets/seeded.ts';
import { runProgram } from '../../support/tagship.ts';

const seeded = new Seeded(11);
const secret = () => `glpat-${seeded.text('base62', 20)}`;
const line = () => `token: ${secret()}\n`;

/** A branch `develop` with one commit that `main` has not. */
const make = () => AppRepository.make({ origin: false });

describe('every line that the commits add is looked at', () => {
  it('also when a later commit removes it', async () => {
    const app = await make();
    await app.commit('a.yaml', line(), 'feat: add');
    await app.git('rm', '-q', 'a.yaml');
    await app.git('commit', '-q', '-m', 'fix: remove');
    const report = await scanBranch(app);
    expect(told(report)).toEqual(['gitlab-pat a.yaml:1']);
    expect(report.findings[0]?.commit).toBe(await app.git('rev-parse', 'HEAD~1'));
    expect(report.commits).toBe(3);
    expect(report.bytes).toBeGreaterThan(30);
  });

  it('and none that was there before', async () => {
    const app = await make();
    await app.git('switch', '-q', 'main');
    await app.commit('a.yaml', `${line()}x: 1\n`, 'feat: old');
    await app.git('switch', '-q', '-c', 'work');
    await app.commit('a.yaml', `${app.read('a.yaml')}y: 2\n`, 'feat: new');
    await app.git('mv', 'a.yaml', 'b.yaml');
    await app.git('commit', '-q', '-m', 'refactor: rename');
    expect(told(await scanBranch(app))).toEqual([]);
  });

  it('of a value on a line of its own with the name that was there before', async () => {
    const app = await make();
    const value = seeded.text('base62', 24);
    const key = (text: string) => `import 'a';\n\nconst apiSecret =\n    '${text}';\n`;
    await app.git('switch', '-q', 'main');
    await app.commit('a.dart', key('TODO'), 'feat: old');
    await app.commit('b.yaml', `token: ${seeded.text('base62', 30)}==\nx: 1\n`, 'feat: padded');
    await app.git('switch', '-q', '-c', 'work');
    await app.commit('a.dart', key(value), 'feat: new');
    await app.commit('b.yaml', app.read('b.yaml').replace('x: 1', 'x: 2'), 'feat: below what was there');
    expect(told(await scanBranch(app))).toEqual(['generic-api-key a.dart:4']);
  });

  it('in a renamed file only what changed', async () => {
    const app = await make();
    await app.commit('a.yaml', 'one: 1\ntwo: 2\nthree: 3\nfour: 4\n', 'feat: a');
    await app.git('mv', 'a.yaml', 'b.yaml');
    await app.commit('b.yaml', `one: 1\ntwo: 2\nthree: 3\nfour: 4\n${line()}`, 'feat: b');
    expect(told(await scanBranch(app))).toEqual(['gitlab-pat b.yaml:5']);
  });

  it('from the first commit on', async () => {
    const app = await AppRepository.make({ origin: false, files: { 'a.yaml': line() } });
    expect(told(await scanBranch(app, { exclude: [] }))).toEqual(['gitlab-pat a.yaml:1']);
  });

  it('of a merge what none of its parents has, and not what a parent brought', async () => {
    const app = await make();
    await app.git('switch', '-q', 'main');
    await app.commit('brought.yaml', line(), 'feat: on main');
    await app.git('switch', '-q', 'develop');
    await app.git('merge', '-q', '--no-commit', 'main');
    await app.write('evil.yaml', line());
    await app.git('add', 'evil.yaml');
    await app.git('commit', '-q', '-m', 'merge');
    expect(told(await scanBranch(app))).toEqual(['gitlab-pat evil.yaml:1']);
  });

  it('of a merge of three, and in its binary files', async () => {
    const app = await make();
    for (const name of ['x', 'y']) {
      await app.git('switch', '-q', '-c', name, 'main');
      await app.commit(`${name}.txt`, `${name}\n`, `feat: ${name}`);
    }
    await app.git('switch', '-q', 'develop');
    await app.git('merge', '-q', '--no-commit', 'x', 'y');
    await app.write('evil.txt', line());
    await app.write('evil.bin', `\0\x01 ${secret()} \0`);
    await app.git('add', '-A');
    await app.git('commit', '-q', '-m', 'octopus');
    expect(await app.git('rev-list', '--parents', '-1', 'HEAD')).toMatch(/^(\w+ ?){4}$/);
    expect(told(await scanBranch(app))).toEqual(['gitlab-pat evil.bin:1', 'gitlab-pat evil.txt:1']);
  });

  it('in binary files, UTF-16 and files with hostile names', async () => {
    const app = await make();
    const names = ['with blank.txt', 'ünïcode.txt', 'quo"te\\.txt', 'new\nline.txt', '-dash.txt', 'b/c.txt'];
    for (const name of names) await app.write(name, line());
    await writeFile(join(app.path, 'wide.txt'), Buffer.from(`\ufeffx\n${line()}`, 'utf16le'));
    await writeFile(join(app.path, 'app.bin'), `\0\x01${secret()}\0`);
    await app.git('add', '-A');
    await app.git('commit', '-q', '-m', 'feat: names');
    const expected = [...names.map((name) => `gitlab-pat ${name}:1`), 'gitlab-pat wide.txt:2', 'gitlab-pat app.bin:1'];
    expect(told(await scanBranch(app))).toEqual(expected.sort());
  });
});

describe('nothing the user has set keeps a line from being seen', () => {
  const SETTINGS: Readonly<Record<string, string>> = {
    'diff.noprefix': 'true',
    'diff.mnemonicPrefix': 'true',
    'diff.external': '/bin/true',
    'diff.context': '9',
    'diff.renames': 'copies',
    'diff.hidden.textconv': '/bin/true',
    'diff.hidden.binary': 'true',
    'diff.ignoreSubmodules': 'all',
    'diff.suppressBlankEmpty': 'true',
    'log.showSignature': 'true',
    'log.showRoot': 'false',
    'log.diffMerges': 'off',
    'log.follow': 'true',
    'color.ui': 'always',
    'core.quotePath': 'true',
    'core.bigFileThreshold': '1',
    'core.pager': 'head -1',
    'format.pretty': 'oneline',
  };

  it('settings', async () => {
    const app = await make();
    await app.commit('ä b.yaml', line(), 'feat: a');
    for (const [key, value] of Object.entries(SETTINGS)) await app.git('config', key, value);
    await writeFile(join(app.folder, 'order'), 'zzz\n');
    await app.git('config', 'diff.orderFile', join(app.folder, 'order'));
    expect(told(await scanBranch(app))).toEqual(['gitlab-pat ä b.yaml:1']);
  });

  it.each(['* -diff', '* binary', '* diff=hidden', '* export-ignore', '* -text'])(
    'attributes: %s',
    async (attribute) => {
      const app = await make();
      await app.write('.gitattributes', `${attribute}\n`);
      await mkdir(join(app.path, '.git/info'), { recursive: true });
      await appendFile(join(app.path, '.git/info/attributes'), `${attribute}\n`);
      await writeFile(join(app.folder, 'attributes'), `${attribute}\n`);
      await app.git('config', 'core.attributesFile', join(app.folder, 'attributes'));
      await app.git('config', 'diff.hidden.textconv', '/bin/true');
      await app.git('add', '-A');
      await app.commit('a.yaml', line(), 'feat: a');
      expect(told(await scanBranch(app))).toEqual(['gitlab-pat a.yaml:1']);
    },
  );

  it('variables', async () => {
    const app = await make();
    await app.commit('a.yaml', line(), 'feat: a');
    const env = {
      GIT_EXTERNAL_DIFF: '/bin/true',
      GIT_DIFF_OPTS: '--unified=50',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'diff.noprefix',
      GIT_CONFIG_VALUE_0: 'true',
      GIT_WORK_TREE: app.folder,
      GIT_DIR: join(app.path, '.git'),
      GIT_PAGER: 'head -1',
    };
    expect(told(await scanBranch(app, { env }))).toEqual(['gitlab-pat a.yaml:1']);
  });

  it('replaced commits and grafts', async () => {
    const app = await make();
    await app.commit('a.yaml', line(), 'feat: a');
    const bad = await app.git('rev-parse', 'HEAD');
    await app.git('rm', '-q', 'a.yaml');
    await app.git('commit', '-q', '-m', 'fix: b');
    await app.git('replace', bad, 'main');
    await writeFile(
      join(app.path, '.git/info/grafts'),
      `${await app.git('rev-parse', 'HEAD')} ${await app.git('rev-parse', 'main')}\n`,
    );
    const report = await scanBranch(app);
    expect(told(report)).toEqual(['gitlab-pat a.yaml:1']);
    expect(report.commits).toBe(3);
  });
});

describe('the range', () => {
  it('may have a thousand tips, and costs no git for each of them', async () => {
    const app = await make();
    const ids = (await app.git('rev-list', 'HEAD')).split('\n');
    const input = ['blob', 'mark :1', 'data 2', 'a', ''];
    for (let index = 0; index < 1000; index += 1) {
      const content = index === 777 ? line() : `${index}\n`;
      input.push(`commit refs/heads/b${index}`, 'committer T <t@example.com> 1700000000 +0000', 'data 1', 'm');
      input.push(`from ${ids[0]}`, `M 644 inline f${index}`, `data ${content.length}`, content);
    }
    await runProgram('git', ['fast-import', '--quiet'], { cwd: app.path, input: `${input.join('\n')}\n` });
    const include = (await app.git('for-each-ref', '--format=%(objectname)', 'refs/heads/b*')).split('\n');
    const trace = join(app.folder, 'trace');
    const report = await scanBranch(app, { include, env: { GIT_TRACE2_EVENT: trace } });
    expect(report.commits).toBe(1001);
    expect(told(report)).toEqual(['gitlab-pat f777:1']);
    const started = readFileSync(trace, 'utf8').match(/"event":"start"/g);
    expect(started?.length).toBeLessThanOrEqual(6);
  });

  it('may begin with an annotated tag and end with a commit that is not here', async () => {
    const app = await make();
    await app.commit('a.yaml', line(), 'feat: a');
    await app.git('tag', '-a', '-m', 'v1', 'v1');
    const include = [await app.git('rev-parse', 'v1')];
    const exclude = [await app.git('rev-parse', 'main'), '1'.repeat(40)];
    expect(await scanBranch(app, { include, exclude })).toMatchObject({ commits: 2, findings: [{ file: 'a.yaml' }] });
  });

  it('is refused when its commit is not here', async () => {
    const app = await make();
    await expect(scanBranch(app, { include: ['1'.repeat(40)] })).rejects.toMatchObject({
      code: 'unknown-commit',
      exit: 3,
    });
  });

  it('is refused, and not passed, when a file of it cannot be read', async () => {
    const app = await make();
    await app.commit('a.yaml', line(), 'feat: a');
    const blob = await app.git('rev-parse', 'HEAD:a.yaml');
    const path = join(app.path, '.git/objects', blob.slice(0, 2), blob.slice(2));
    await chmod(path, 0o644);
    await writeFile(path, 'broken');
    await expect(scanBranch(app)).rejects.toMatchObject({ code: 'secrets-unscanned', exit: 3 });
  });

  it('without a new commit is nothing to scan', async () => {
    const app = await make();
    expect(await scanBranch(app, { exclude: [await app.git('rev-parse', 'HEAD')] })).toMatchObject({
      commits: 0,
      findings: [],
    });
    expect(await scanBranch(app, { include: [] })).toMatchObject({ commits: 0, findings: [] });
  });

  it('may be in a repository with SHA-256, with a quote in its path', async () => {
    const app = await make();
    const path = join(app.folder, 'sh"a \\256');
    await runProgram('git', ['init', '-q', '--object-format=sha256', '-b', 'main', path], { cwd: app.folder });
    await writeFile(join(path, 'a.yaml'), line());
    const commit = ['-c', 'user.name=T', '-c', 'user.email=t@example.com', 'commit', '-q', '-m', 'feat: a'];
    await runProgram('git', ['add', '-A'], { cwd: path });
    await runProgram('git', commit, { cwd: path });
    const { stdout } = await runProgram('git', ['rev-parse', 'HEAD'], { cwd: path });
    const report = await scanBranch({ path } as AppRepository, { include: [stdout.trim()], exclude: [] });
    expect(told(report)).toEqual(['gitlab-pat a.yaml:1']);
  });

  it('may be in a shallow clone and in another worktree', async () => {
    const app = await make();
    await app.commit('a.yaml', 'a: 1\n', 'feat: a');
    await app.commit('b.yaml', line(), 'feat: b');
    await app.git('clone', '-q', '--depth', '2', `file://${app.path}`, join(app.folder, 'shallow'));
    await app.git('worktree', 'add', '-q', join(app.folder, 'tree'), 'HEAD');
    const include = [await app.git('rev-parse', 'HEAD')];
    const exclude = [await app.git('rev-parse', 'HEAD~1')];
    for (const folder of ['shallow', 'tree']) {
      const path = join(app.folder, folder);
      expect(told(await scanBranch({ path } as AppRepository, { include, exclude }))).toEqual(['gitlab-pat b.yaml:1']);
    }
  });
});

describe('what is allowed', () => {
  it('is what .gitleaksignore of the pushed commit says, and not one that nobody committed', async () => {
    const app = await make();
    await app.commit('a.yaml', `x: 1\n${line()}`, 'feat: a');
    await app.write('.gitleaksignore', 'a.yaml:gitlab-pat:2\n');
    expect(told(await scanBranch(app))).toEqual(['gitlab-pat a.yaml:2']);
    await app.git('add', '-A');
    await app.git('commit', '-q', '-m', 'chore: allow');
    expect(told(await scanBranch(app))).toEqual([]);
  });

  it('is what a comment on the line says', async () => {
    const app = await make();
    await app.commit('a.yaml', `a: ${secret()} # tagship:allow\nb: ${secret()} # gitleaks:allow\n`, 'feat: a');
    expect(told(await scanBranch(app))).toEqual([]);
  });
});
