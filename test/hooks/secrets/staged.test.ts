import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppRepository } from '../../support/app-repository.ts';
import { scanIndex, told } from '../../support/secrets/scanning.ts';
import { Seeded } from '../../support/secrets/seeded.ts';
import { runProgram } from '../../support/tagship.ts';

const seeded = new Seeded(13);
const line = () => `token: glpat-${seeded.text('base62', 20)}\n`;
const make = () => AppRepository.make({ origin: false });

describe('what is staged', () => {
  it('is looked at as it is staged, and what is not is left alone', async () => {
    const app = await make();
    await app.write('a.yaml', `x: 1\n${line()}`);
    await app.git('add', '-A');
    await app.write('a.yaml', 'x: 1\n');
    await app.write('b.yaml', line());
    const report = await scanIndex(app);
    expect(told(report)).toEqual(['gitlab-pat a.yaml:2']);
    expect(report.findings[0]?.commit).toBeUndefined();
    expect(report.commits).toBe(1);
  });

  it('is looked at before the first commit', async () => {
    const app = await make();
    const path = join(app.folder, 'new');
    await runProgram('git', ['init', '-q', path], { cwd: app.folder });
    await runProgram('sh', ['-c', `printf '%s' '${line()}' > a.yaml && git add -A`], { cwd: path });
    expect(told(await scanIndex({ path } as AppRepository))).toEqual(['gitlab-pat a.yaml:1']);
  });

  it('of a merge is what its parents have not', async () => {
    const app = await make();
    await app.git('switch', '-q', 'main');
    await app.commit('brought.yaml', line(), 'feat: on main');
    await app.git('switch', '-q', 'develop');
    await app.git('merge', '-q', '--no-commit', 'main');
    await app.write('evil.yaml', line());
    await app.git('add', '-A');
    expect(told(await scanIndex(app))).toEqual(['gitlab-pat evil.yaml:1']);
  });

  it('is what the index of `git commit` names, in its hook', async () => {
    const app = await make();
    await app.write('other', line());
    const index = join(app.folder, 'index');
    await runProgram('git', ['add', '-A'], { cwd: app.path, env: { GIT_INDEX_FILE: index } });
    expect(told(await scanIndex(app, { env: { GIT_INDEX_FILE: index, GIT_DIR: '.git' } }))).toEqual([
      'gitlab-pat other:1',
    ]);
    expect(told(await scanIndex(app))).toEqual([]);
  });

  it('is allowed by the .gitleaksignore that is staged with it', async () => {
    const app = await make();
    await app.write('a.yaml', line());
    await app.write('.gitleaksignore', 'a.yaml:gitlab-pat:1\n');
    await app.git('add', 'a.yaml');
    expect(told(await scanIndex(app))).toEqual(['gitlab-pat a.yaml:1']);
    await app.git('add', '-A');
    expect(told(await scanIndex(app))).toEqual([]);
  });

  it('leaves no trace in the repository', async () => {
    const app = await make();
    await app.write('a.yaml', line());
    await app.git('add', '-A');
    const before = [await app.fingerprint(), await app.refs(), await app.git('status', '--porcelain')];
    await scanIndex(app);
    expect([await app.fingerprint(), await app.refs(), await app.git('status', '--porcelain')]).toEqual(before);
    expect(await app.git('fsck', '--unreachable', '--no-reflogs')).not.toContain('commit');
  });

  it('is refused while files are unmerged', async () => {
    const app = await make();
    await app.commit('a', 'one\n', 'feat: one');
    await app.git('switch', '-q', '-c', 'other', 'HEAD~1');
    await app.commit('a', 'two\n', 'feat: two');
    await runProgram('git', ['merge', 'develop'], { cwd: app.path });
    await expect(scanIndex(app)).rejects.toMatchObject({ code: 'index-unmerged', exit: 3 });
  });
});
