import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { COMING } from '../../src/cli/coming.ts';
import { parseConfig } from '../../src/config/parse.ts';

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const README = readFileSync(at('README.md'), 'utf8');

function block(language: string): string {
  const [, text] = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(README) ?? [];
  if (text === undefined) throw new Error(`README.md has no ${language} block`);
  return text;
}

test('the configuration in the README is valid', () => {
  expect(parseConfig(block('yaml')).environments).toHaveProperty('production');
});

test('every line of the README shows stands in the real capture, in that order', () => {
  const capture = readFileSync(at('docs/demo-capture.txt'), 'utf8').split('\n');
  let from = 0;
  const wrong = block('text')
    .split('\n')
    .filter((line) => {
      if (line === '' || line === '…') return false;
      const found = capture.indexOf(line, from);
      if (found >= 0) from = found + 1;
      return found < 0;
    });
  expect(wrong).toEqual([]);
});

test('what the README names as coming is what the command line knows as that', () => {
  const [, named = ''] = /Coming, and refused until then:\n(.*)\.\n/.exec(README) ?? [];
  const words = [...named.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
  expect(words.filter((word) => !word.startsWith('strategy:'))).toEqual(COMING);
});

test.each(['`tagship release publish [tag]`', '`--notes`', '`--merge-back later`'])(
  'the table of commands has %s',
  (written) =>
    expect(README.split('\n').filter((line) => line.startsWith('|') && line.includes(written))).toHaveLength(1),
);

test('the links of the README lead somewhere', () => {
  const links = [...README.matchAll(/\]\(([^)#]+)\)/g)].map(([, link = '']) => link);
  expect(links.filter((link) => !existsSync(at(link)))).toEqual([]);
});
