import { writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { fileTrouble } from '../../src/cli/file-trouble.ts';

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

it('what is no trouble with files stays what it is', () => {
  const error = new TypeError('a bug');
  expect(fileTrouble(error)).toBe(error);
});
