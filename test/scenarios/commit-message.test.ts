import { describe, expect, it } from 'vitest';
import { CommittingApp } from '../support/committing-app.ts';

/** An editor that puts a text above what git has written. */
const typing = (text: string) => ({
  GIT_EDITOR: `typed() { { printf '%s\\n' "${text}"; cat "$1"; } >"$1.typed" && mv "$1.typed" "$1"; }; typed`,
});

describe('the commit-msg hook', () => {
  it('refuses a message of another form, shows rule and fix, and the named command goes on from it', async () => {
    const { app, ...repo } = await opened();
    await app.write('README.md', '# App\n');
    await app.git('add', '.');
    const refused = await repo.commit(['-m', 'Add a readme']);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('perhaps: feat: add a readme');
    const next = /next: (git commit .*?) {3}/.exec(refused.stderr)?.[1] ?? '';
    const editor = { GIT_EDITOR: "sed -i '1s/.*/docs: add a readme/'" };
    expect(await repo.run('sh', ['-c', next], editor)).toMatchObject({ exitCode: 0 });
    expect(await app.git('log', '-1', '--format=%s')).toBe('docs: add a readme');
  });

  it.each([
    ['and its message', []],
    ['with all that was changed', ['-a']],
    ['with a file that is named', ['lib/main.dart']],
    ['under another author', ['--author', 'Other <other@example.com>']],
  ])('names a command that goes on amending from a refused message: the last commit %s', async (_what, args) => {
    const { app, ...repo } = await opened();
    // As long ago as commits are, when somebody amends them.
    const env = { GIT_AUTHOR_DATE: '@1700000000 +0100', GIT_COMMITTER_DATE: '@1700000000 +0100' };
    await app.write('README.md', '# App\n');
    await app.git('add', '.');
    await repo.commit(['-q', '-m', 'feat: last'], env);
    const before = await app.git('rev-list', '--count', 'HEAD');
    await app.write('lib/main.dart', 'void main() {}\n');
    const refused = await repo.commit(['--amend', '-m', 'Change it', ...args]);
    expect(refused.exitCode).toBe(1);
    const next = /next: (git commit .*?) {3}/.exec(refused.stderr)?.[1] ?? '';
    const editor = { GIT_EDITOR: "sed -i '1s/.*/fix: change it/'" };
    expect(await repo.run('sh', ['-c', next], editor)).toMatchObject({ exitCode: 0 });
    expect(await app.git('log', '-1', '--format=%s')).toBe('fix: change it');
    expect(await app.git('rev-list', '--count', 'HEAD')).toBe(before);
  });

  it('lets nothing pass when the file of the message is not there', async () => {
    const { app } = await opened();
    const run = await app.tagship(['hook', 'commit-msg', 'nowhere']);
    expect(run).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('there is no nowhere') });
  });

  it.each([
    ['of -a, which stages for that commit alone', '.', ['-a']],
    ['made in a folder below the root', 'lib', ['-a']],
    ['of named files', 'lib', ['main.dart']],
    ['made in a folder, of what is staged', 'lib', []],
  ])('names a command that goes on from a refused commit %s', async (_what, folder, args) => {
    const { app, ...repo } = await opened();
    await app.write('lib/main.dart', 'void main() {}\n');
    if (args.length === 0) await app.git('add', '.');
    if (args[0] !== '-a') await app.write('pubspec.yaml', 'name: being_edited\n');
    const refused = await repo.run('git', ['-C', folder, 'commit', ...args, '-m', 'Change it']);
    expect(refused.exitCode).toBe(1);
    const next = /next: (git commit .*?) {3}/.exec(refused.stderr)?.[1] ?? '';
    const editor = { GIT_EDITOR: "sed -i '1s/.*/fix: change it/'" };
    expect(await repo.run('sh', ['-c', `cd ${folder} && ${next}`], editor)).toMatchObject({ exitCode: 0 });
    expect(await app.git('log', '-1', '--format=%s', '--name-only')).toBe('fix: change it\n\nlib/main.dart');
  });

  it('reads what git will commit: not the diff of commit -v, not the comments', async () => {
    const { app, ...repo } = await opened();
    await app.write('README.md', 'Breaking changes: none\n');
    await app.git('add', '.');
    expect(await repo.commit(['-v'], typing('docs: begin'))).toMatchObject({ exitCode: 0 });
    expect(await app.git('log', '-1', '--format=%B')).toBe('docs: begin\n');
  });

  it.each(['auto', ';'])('reads a message that begins with # when core.commentChar is %s', async (character) => {
    const { app, ...repo } = await opened();
    await app.git('config', 'core.commentChar', character);
    const refused = await repo.commit(['--allow-empty', '-v', '-e', '-m', '#12 is done'], { GIT_EDITOR: 'true' });
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('"type: ": #12 is done') });
    expect(await repo.commit(['--allow-empty', '-v'], typing('fix: #12 is done'))).toMatchObject({ exitCode: 0 });
  });

  it('leaves a message that is empty to git', async () => {
    const repo = await opened();
    const aborted = await repo.commit(['--allow-empty'], { GIT_EDITOR: 'true' });
    expect(aborted).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('empty commit message') });
  });

  it('lets through what git and a rebase write: merges, reverts, fixups', async () => {
    const { app, ...repo } = await opened();
    const env = { GIT_EDITOR: 'true' };
    for (const args of [
      ['switch', '-q', '-c', 'topic'],
      ['commit', '-q', '--allow-empty', '-m', 'feat: topic'],
      ['commit', '-q', '--allow-empty', '--fixup', 'HEAD'],
      ['commit', '-q', '--allow-empty', '--squash', 'HEAD~1', '--no-edit'],
      ['switch', '-q', 'develop'],
      ['merge', '-q', '--no-ff', '-m', 'all of it', 'topic'],
      ['revert', '--no-edit', 'HEAD~1'],
    ]) {
      expect(await repo.run('git', args, env), args.join(' ')).toMatchObject({ exitCode: 0 });
    }
  });

  it('is told by the configuration, and keeps quiet when told so', async () => {
    const { app, ...repo } = await opened();
    await app.write('tagship.yaml', 'checks: { message: { types: [change] } }\n');
    expect(await repo.commit(['--allow-empty', '-m', 'feat: x'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('type is one of: change'),
    });
    await app.write('tagship.yaml', 'checks: { message: false }\n');
    expect(await repo.commit(['--allow-empty', '-m', 'anything at all'])).toMatchObject({ exitCode: 0 });
  });

  it('works from a folder of the repository and in a linked worktree', async () => {
    const { app, ...repo } = await opened();
    expect(await repo.run('git', ['-C', 'lib', 'commit', '--allow-empty', '-m', 'No'])).toMatchObject({ exitCode: 1 });
    await app.git('worktree', 'add', '-q', '-b', 'topic', '../linked');
    const inLinked = ['-C', '../linked', 'commit', '-q', '--allow-empty', '-m'];
    expect(await repo.run('git', [...inLinked, 'No'])).toMatchObject({ exitCode: 1 });
    expect(await repo.run('git', [...inLinked, 'feat: yes'])).toMatchObject({ exitCode: 0 });
  });

  it('judges a message file without a git around it, and speaks JSON', async () => {
    const { app } = await opened();
    await app.write('message', 'nope\n');
    const { stdout, exitCode } = await app.tagship(['hook', 'commit-msg', 'message', '--json']);
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'failed', problems: [{ code: 'message-form' }] });
    expect(await app.tagship(['hook', 'commit-msg'])).toMatchObject({ exitCode: 2 });
  });
});

async function opened() {
  const repo = await CommittingApp.make();
  return { app: repo.app, commit: repo.commit.bind(repo), run: repo.run.bind(repo) };
}
