import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { AppRepository } from '../support/app-repository.ts';
import { hasProgram } from '../support/needs.ts';
import { runProgram } from '../support/tagship.ts';

async function signWithSsh(app: AppRepository): Promise<void> {
  const key = join(app.folder, 'key');
  await runProgram('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'tester', '-f', key], { cwd: app.folder });
  const { stdout } = await runProgram('cat', [`${key}.pub`], { cwd: app.folder });
  const signers = join(app.folder, 'signers');
  await writeFile(signers, `tester@example.com ${stdout}`);
  const settings = { 'gpg.format': 'ssh', 'gpg.ssh.allowedSignersFile': signers, 'user.signingKey': key };
  for (const [name, value] of Object.entries(settings)) await app.git('config', name, value);
}

async function signWithGpg(app: AppRepository): Promise<string> {
  const home = join(app.folder, 'gnupg');
  await runProgram('mkdir', ['-m', '700', home], { cwd: app.folder });
  const args = [
    '--batch',
    '--passphrase',
    '',
    '--quick-generate-key',
    'Tester <tester@example.com>',
    'ed25519',
    'sign',
    '0',
  ];
  const made = await runProgram('gpg', args, { cwd: app.folder, env: { GNUPGHOME: home } });
  expect(made.exitCode, made.stderr).toBe(0);
  return home;
}

it.runIf(hasProgram('ssh-keygen', '-?'))('commits and the tag are signed with SSH when git is told to', async () => {
  const app = await AppRepository.make();
  await signWithSsh(app);
  await app.git('config', 'commit.gpgSign', 'true');
  await app.git('config', 'tag.gpgSign', 'true');
  expect(await app.tagship(['release', 'minor', '--yes', '--no-checks'])).toMatchObject({ exitCode: 0 });

  await app.git('verify-tag', 'v0.2.0');
  for (const commit of ['main', 'develop', 'v0.2.0^2']) await app.git('verify-commit', commit);
  expect(await app.gitAtOrigin('cat-file', '-p', 'v0.2.0')).toContain('BEGIN SSH SIGNATURE');
});

it.runIf(hasProgram('gpg', '--version'))('the tag alone is signed with GPG when only that is wanted', async () => {
  const app = await AppRepository.make();
  const home = await signWithGpg(app);
  await app.git('config', 'tag.gpgSign', 'true');
  const env = { GNUPGHOME: home };
  expect(await app.tagship(['release', 'minor', '--yes', '--no-checks'], env)).toMatchObject({ exitCode: 0 });

  const verified = await runProgram('git', ['verify-tag', 'v0.2.0'], { cwd: app.path, env });
  expect(verified.stderr).toContain('Good signature from "Tester <tester@example.com>"');
  expect(await app.git('cat-file', '-p', 'main')).not.toContain('gpgsig');
  await runProgram('gpgconf', ['--kill', 'all'], { cwd: app.path, env });
});

it('a key that is not there refuses the release with nothing changed', async () => {
  const app = await AppRepository.make();
  await signWithSsh(app);
  await app.git('config', 'tag.gpgSign', 'true');
  await app.git('config', 'user.signingKey', join(app.folder, 'gone'));
  const refs = await app.refs();
  const run = await app.tagship(['release', 'minor', '--yes', '--no-checks']);
  expect(run.exitCode).toBe(3);
  expect(run.stderr).toContain('the tag could not be signed');
  expect(await app.refs()).toEqual(refs);
  expect(existsSync(join(app.path, '.git/tagship'))).toBe(false);
});
