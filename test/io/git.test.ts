import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openGit } from '../../src/io/git.ts';

/** What people, and the machines that build for them, set in the environment of git. */
it.each([
  'alias.st',
  'core.askPass',
  'core.editor',
  'core.fsmonitor',
  'core.gitProxy',
  'core.hooksPath',
  'core.pager',
  'core.sshCommand',
  'credential.helper',
  'diff.external',
  'diff.word.textconv',
  'filter.lfs.clean',
  'filter.lfs.smudge',
  'gpg.program',
  'gpg.ssh.program',
  'http.extraHeader',
  'include.path',
  'includeIf.gitdir:/.path',
  'init.templateDir',
  'merge.union.driver',
  'protocol.allow',
  'protocol.file.allow',
  'remote.origin.receivepack',
  'remote.origin.uploadpack',
  'safe.directory',
  'sequence.editor',
  'submodule.app.update',
  'uploadpack.packObjectsHook',
  'url.https://git.example/.insteadOf',
  'user.name',
])('a setting of %s in the environment stays in force', async (key) => {
  const folder = mkdtempSync(join(tmpdir(), 'tagship-git-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const value = key.endsWith('path') ? '/dev/null' : 'true';
  const env = { ...process.env, GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: key, GIT_CONFIG_VALUE_0: value };
  const git = openGit(folder, env);
  expect((await git.run(['config', '--get', key])).trim()).toBe(value);
});

it('an abort ends a git that has nothing to say yet', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tagship-git-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  // Nobody writes into it.
  execFileSync('mkfifo', [join(folder, 'silent')]);
  const stop = new AbortController();
  const read = async () => {
    for await (const _ of openGit(folder, process.env).stream(['hash-object', 'silent'], { signal: stop.signal }));
  };
  const reading = read();
  stop.abort();
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
});

it('knows what has led to a commit, and nothing of one that is not here', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tagship-git-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const git = openGit(folder, process.env);
  await git.run(['init', '-q']);
  const tree = (await git.run(['hash-object', '-t', 'tree', '-w', '--stdin'])).trim();
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
  const commit = async (...parents: string[]) =>
    (await git.run([...who, 'commit-tree', tree, '-m', parents.join(), ...parents.flatMap((id) => ['-p', id])])).trim();
  const first = await commit();
  const [left, right] = [await commit(first), await commit(first, await commit())];
  const asked = [
    [first, first],
    [first, left],
    [left, first],
    [left, right],
    ['0'.repeat(40), left],
    [first, 'nowhere'],
  ];
  const told = await Promise.all(asked.map(([ancestor = '', of = '']) => git.isAncestor(ancestor, of)));
  expect(told).toEqual([true, true, false, false, false, false]);
});

it.each([{}, { input: '' }])('who reads standard input where there is none (%j) finds its end', async (options) => {
  const git = openGit(tmpdir(), process.env);
  expect(await git.run(['-c', 'alias.count=!wc -c', 'count'], options)).toMatch(/^\s*0\n$/);
});
