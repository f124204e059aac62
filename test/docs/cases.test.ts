import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

it.each([
  ['hook-cases.md', 40],
  ['deploy-cases.md', 35],
])('every test that the tables of %s name exists', (page, atLeast) => {
  const rows = [...read(`docs/${page}`).matchAll(/^\|.*\| ([a-z]+\/\S+) \| (.+) \|$/gm)];
  const named = rows.map(([, file, name]) => ({ file, name: name ?? '' }));
  expect(named.length).toBeGreaterThan(atLeast);
  const isThere = (text: string, name: string) => [`'${name}'`, `"${name}"`].some((quoted) => text.includes(quoted));
  expect(named.filter(({ file, name }) => !isThere(read(`test/${file}.test.ts`), name))).toEqual([]);
});
