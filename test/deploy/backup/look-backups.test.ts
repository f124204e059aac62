import { expect, it } from 'vitest';
import { shellQuote } from '../../../src/core/shell-quote.ts';
import { lookAtBackups } from '../../../src/deploy/backup/look-backups.ts';
import { ToyHost } from '../../support/toy-run.ts';

it.each([
  ['with its size', '2026-01-01 10:00:00    1K  /b/one.tar', ['/b/one.tar']],
  ['with another path', '2026-01-01 10:00:00 of /srv/app /b/one.tar', ['/b/one.tar']],
  ['with nothing but time and path', '2026-01-01 10:00:00 /b/one.tar', ['/b/one.tar']],
  ['without a path', '2026-01-01 10:00:00 one/tar', []],
  ['without a time', '2026-01-01 /b/one.tar', []],
])('a backup that is listed %s', async (_, line, paths) => {
  const { list } = await lookAtBackups(new ToyHost().host, `echo ${shellQuote(line)}; :`);
  expect(list.map(({ path }) => path)).toEqual(paths);
});
