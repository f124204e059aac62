import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { findFiles } from '../../src/io/find-files.ts';

function folderWith(...paths: readonly string[]): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tagship-find-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const path of paths) {
    mkdirSync(join(folder, 'root', path, '..'), { recursive: true });
    writeFileSync(join(folder, 'root', path), '');
  }
  return folder;
}

async function found(folder: string, ...globs: readonly string[]): Promise<readonly string[]> {
  const root = join(folder, 'root');
  return (await findFiles(root, globs)).map((path) => relative(root, path));
}

it('a star stays in its folder, two cross folders, and each file comes once', async () => {
  const folder = folderWith('a.apk', 'build/b.apk', 'build/deep/c.apk', 'build/deep/c.txt');
  expect(await found(folder, '*.apk')).toEqual(['a.apk']);
  expect(await found(folder, 'build/**/*.apk', 'build/b.apk')).toEqual(['build/b.apk', 'build/deep/c.apk']);
  expect(await found(folder, 'build', 'none/*', 'build/?.apk')).toEqual(['build/b.apk']);
});

it('a link does not lead out of the root', async () => {
  const folder = folderWith('a.apk');
  writeFileSync(join(folder, 'secret.apk'), '');
  symlinkSync(join(folder, 'secret.apk'), join(folder, 'root', 'link.apk'));
  symlinkSync(folder, join(folder, 'root', 'out'));
  expect(await found(folder, '*.apk', 'link.apk', 'out/secret.apk', 'out/*.apk')).toEqual(['a.apk']);
});
