import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

test('every test that the table of cases names exists', () => {
  const rows = [...read('docs/hook-cases.md').matchAll(/^\|.*\| (\S+\/\S+) \| (.+) \|$/gm)];
  const named = rows.map(([, file, name]) => ({ file, name: name ?? '' }));
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter(({ file, name }) => !read(`test/${file}.test.ts`).includes(`'${name}'`))).toEqual([]);
});
