import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fileTrouble } from '../../src/cli/file-trouble.ts';
import { loadConfig } from '../../src/config/load.ts';
import { diskFiles } from '../../src/io/files.ts';

const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

it('a full disk is no bug, although the system does not say which file it was', async () => {
  const error = await failure(writeFile('/dev/full', 'more than nothing'));
  expect(error).not.toHaveProperty('path');
  expect(fileTrouble(error)).toMatchObject({
    code: 'file-trouble',
    what: 'a file has no room left on its disk',
    fix: 'make room there: df -h; then run the same command again',
  });
});

it('a folder where a file is needed is moved away with a whole command', () =>
  diskFiles.withTemporaryFolder(async (folder) => {
    const path = join(folder, 'tagship.yaml');
    await mkdir(path);
    expect(fileTrouble(await failure(loadConfig(diskFiles, folder)))).toMatchObject({
      what: `${path} is a folder where a file is needed`,
      fix: `move it away: mv -i ${path} ${path}.old; then run the same command again`,
    });
  }));

it('what is no trouble with files stays what it is', () => {
  const error = new TypeError('a bug');
  expect(fileTrouble(error)).toBe(error);
});
