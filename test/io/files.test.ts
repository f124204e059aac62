import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { diskFiles } from '../../src/io/files.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tagship-files-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

it('a file that cannot be replaced is named, and no draft of it stays', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'taken'));
  await expect(diskFiles.replace(join(folder, 'taken'), 'new')).rejects.toMatchObject({ path: join(folder, 'taken') });
  expect(readdirSync(folder)).toEqual(['taken']);
});

it('a folder that was to be read as a file is named', async () => {
  const folder = temporaryFolder();
  await expect(diskFiles.readText(folder)).rejects.toMatchObject({ code: 'EISDIR', path: folder });
});
