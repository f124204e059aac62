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
