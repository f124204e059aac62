import { appendFileSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppRepository } from '../support/app-repository.ts';
import { runProgram, runTagship } from '../support/tagship.ts';

describe('two users who release at once', () => {
  it('get one release; the other is refused and can undo or go on, with nothing of it published', async () => {
    const app = await AppRepository.make();
    const other = join(app.folder, 'other');
    await runProgram('git', ['clone', '-q', app.origin, other], { cwd: app.folder });
    await runProgram('git', ['branch', '-q', 'develop', 'origin/develop'], { cwd: other });
    await runProgram('git', ['config', 'user.name', 'Other'], { cwd: other });
    await runProgram('git', ['config', 'user.email', 'other@example.com'], { cwd: other });
    // Both have looked and planned before either pushes.
    const meet = join(app.folder, 'meet');
    appendFileSync(meet, '');
    const gate = `echo x >> ${meet}; n=0; while [ $(wc -l < ${meet}) -lt 2 ] && [ $n -lt 1200 ]; do sleep 0.05; n=$((n+1)); done`;
    for (const path of [app.path, other]) {
      await writeFile(join(path, 'tagship.yaml'), `checks: { analyze: false, test: ${JSON.stringify(gate)} }\n`);
    }
    const runs = await Promise.all([
      runTagship(['release', 'minor', '--yes'], { cwd: app.path }),
      runTagship(['release', 'minor', '--yes'], { cwd: other }),
    ]);

    expect(runs.map(({ exitCode }) => exitCode).sort()).toEqual([0, 4]);
    const loser = runs[0]?.exitCode === 4 ? app.path : other;
    const winner = loser === app.path ? other : app.path;
    const tagIn = async (cwd: string) => (await runProgram('git', ['rev-parse', 'v0.2.0'], { cwd })).stdout.trim();
    expect(Object.keys(await app.refs('origin'))).toEqual([
      'refs/heads/develop',
      'refs/heads/main',
      'refs/tags/v0.2.0',
    ]);
    expect((await app.refs('origin'))['refs/tags/v0.2.0']).toBe(await tagIn(winner));
    expect(await tagIn(loser)).not.toBe(await tagIn(winner));
    expect(await runTagship(['release', 'abort'], { cwd: loser })).toMatchObject({ exitCode: 0 });
    expect((await runProgram('git', ['tag'], { cwd: loser })).stdout).toBe('');
  });
});

describe('a second tagship in the same repository', () => {
  it('does not begin while the first one releases', async () => {
    const app = await AppRepository.make();
    await app.hook(
      'app',
      'pre-push',
      `cd ${app.path} && env -u GIT_DIR node "$TAGSHIP" release major --yes >${app.folder}/second 2>&1; echo $? >${app.folder}/status`,
    );
    const { TAGSHIP } = await import('../support/tagship.ts');
    expect(await app.tagship(['release', 'minor', '--yes'], { TAGSHIP })).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(app.folder, 'status'), 'utf8')).toBe('7\n');
    expect(readFileSync(join(app.folder, 'second'), 'utf8')).toContain('is being made right now by process');
  });
});

describe('another worktree', () => {
  it('that has main or develop checked out follows it, and has no changes but its own', async () => {
    const app = await AppRepository.make();
    const linked = (branch: string) => join(app.folder, branch);
    await app.git('switch', '-q', '-c', 'feature/x');
    for (const branch of ['main', 'develop']) await app.git('worktree', 'add', '-q', linked(branch), branch);
    await writeFile(join(linked('main'), 'lib/main.dart'), 'void main() { /* tried out */ }\n');
    expect(await app.tagship(['release', 'minor', '--yes'])).toMatchObject({ exitCode: 0 });

    for (const [branch, changes] of [
      ['main', ' M lib/main.dart\n'],
      ['develop', ''],
    ] as const) {
      const cwd = linked(branch);
      expect((await runProgram('git', ['status', '--porcelain'], { cwd })).stdout).toBe(changes);
      expect((await runProgram('git', ['branch', '--show-current'], { cwd })).stdout).toBe(`${branch}\n`);
      expect(readFileSync(join(cwd, 'pubspec.yaml'), 'utf8')).toContain('version: 0.2.0+2');
    }
    expect(await app.git('status', '--porcelain')).toBe('');
  });

  it('in which a change is in the way stops the release beforehand', async () => {
    const app = await AppRepository.make();
    const linked = join(app.folder, 'linked');
    await app.git('switch', '-q', '-c', 'feature/x');
    await app.git('worktree', 'add', '-q', linked, 'develop');
    await writeFile(join(linked, 'pubspec.yaml'), 'version: 9.9.9\n');
    const refs = await app.refs();
    const run = await app.tagship(['release', 'minor', '--yes']);
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain(linked);
    expect(await app.refs()).toEqual(refs);
  });

  it('may be where the release is made', async () => {
    const app = await AppRepository.make();
    const linked = join(app.folder, 'linked');
    await app.git('worktree', 'add', '-q', '-b', 'feature/x', linked, 'main');
    expect(await runTagship(['release', 'minor', '--yes', '--no-checks'], { cwd: linked })).toMatchObject({
      exitCode: 0,
    });
    expect(await app.git('status', '--porcelain')).toBe('');
    expect(app.read('pubspec.yaml')).toContain('version: 0.2.0+2');
  });
});

describe('a remote that refuses main', () => {
  it('shows neither develop nor the tag at any moment', async () => {
    const app = await AppRepository.make();
    await app.hook('origin', 'update', '[ "$1" != refs/heads/main ]');
    await app.hook('origin', 'post-receive', `cat >> ${app.folder}/seen`);
    await app.hook('origin', 'reference-transaction', `[ "$1" != committed ] || cat >> ${app.folder}/committed`);
    expect(await app.tagship(['release', 'minor', '--yes'])).toMatchObject({ exitCode: 4 });
    for (const log of ['seen', 'committed']) expect(() => readFileSync(join(app.folder, log))).toThrow('ENOENT');
    expect(Object.keys(await app.refs('origin'))).toEqual(['refs/heads/develop', 'refs/heads/main']);
  });
});
