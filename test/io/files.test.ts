import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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

it('the draft of a file is never open to more people than the file', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'mine');
  const modes: number[] = [];
  writeFileSync(file, 'old', { mode: 0o600 });
  const left = `${file}.${process.pid}.new`;
  writeFileSync(left, 'left behind', { mode: 0o644 });
  /** Node asks for the content once the draft is open. */
  async function* content() {
    modes.push(statSync(left).mode & 0o777);
    yield 'new';
  }
  await diskFiles.replace(file, content() as unknown as Buffer);
  expect(modes).toEqual([0o600]);
  expect(readFileSync(file, 'utf8')).toBe('new');
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it('a new file does not get the mode of a draft that was left behind', async () => {
  const file = join(temporaryFolder(), 'hook');
  writeFileSync(`${file}.${process.pid}.new`, 'left behind', { mode: 0o600 });
  await diskFiles.replace(file, 'new', 0o700);
  expect(statSync(file).mode & 0o777).toBe(0o700);
});

it('a folder that was to be read as a file is named', async () => {
  const folder = temporaryFolder();
  await expect(diskFiles.readText(folder)).rejects.toMatchObject({ code: 'EISDIR', path: folder });
});
