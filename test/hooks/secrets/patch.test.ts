import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Fragment, PatchReader, type UnshownFile } from '../../../src/hooks/secrets/patch.ts';
import { unquotePath } from '../../../src/hooks/secrets/quoted-path.ts';

interface Read {
  readonly commits: readonly string[];
  readonly fragments: readonly Fragment[];
  readonly unshown: readonly UnshownFile[];
  readonly bytes: number;
}

/** Reads a patch in pieces that end at the given places. */
function read(patch: string, cuts: readonly number[] = []): Read {
  const [commits, fragments, unshown]: [string[], Fragment[], UnshownFile[]] = [[], [], []];
  const reader = new PatchReader({
    onCommit: (commit) => commits.push(commit),
    onFragment: (fragment) => fragments.push(fragment),
    onUnshown: (file) => unshown.push(file),
  });
  const bytes = Buffer.from(patch);
  const places = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  for (const [index, end] of places.slice(1).entries()) reader.push(bytes.subarray(places[index], end));
  reader.end();
  return { commits, fragments, unshown, bytes: reader.bytes };
}

const PATCH = [
  '\0c1',
  '',
  'diff --git a/one.txt b/one.txt',
  'index 1..2 100644',
  '--- a/one.txt',
  '+++ b/one.txt',
  '@@ -3,0 +4,2 @@ context',
  '+first',
  '+++ b/fake',
  '@@ -9 +11 @@',
  '-- a/old',
  '+diff --git a/fake b/fake',
  '\\ No newline at end of file',
  'diff --cc two.txt',
  'index 1,2..3',
  '--- a/two.txt',
  '+++ b/two.txt',
  '@@@ -1,1 -1,1 +1,3 @@@',
  '++both',
  '+ one side',
  ' +other side',
  '- gone',
  ' -gone too',
  '\0c2',
  '',
  '',
].join('\n');

describe('added lines', () => {
  it('are read by the counts of their hunk, so that no content passes for a header', () => {
    expect(read(PATCH).fragments.map(({ file, line, text }) => [file, line, text])).toEqual([
      ['one.txt', 4, 'first\n++ b/fake'],
      ['one.txt', 11, 'diff --git a/fake b/fake'],
      ['two.txt', 1, 'both'],
    ]);
    expect(read(PATCH).commits).toEqual(['c1', 'c2']);
  });

  it('are the same wherever the output is cut', () => {
    const cuts = fc.array(fc.nat({ max: PATCH.length }), { maxLength: 12 });
    fc.assert(fc.property(cuts, (places) => void expect(read(PATCH, places)).toEqual(read(PATCH))));
  });

  it('are handed over in parts that overlap when a line is very long', () => {
    const line = Array.from({ length: 500_000 }, (_, index) => `${index},`).join('');
    const patch = `\0c\n\ndiff --git a/a b/a\n+++ b/a\n@@ -0,0 +1,2 @@\n+${line}\n+end\n`;
    const cuts = Array.from({ length: 200 }, (_, index) => index * 16_384);
    const { fragments, bytes } = read(patch, cuts);
    expect(fragments.length).toBeGreaterThan(2);
    expect(Math.max(...fragments.map(({ text }) => text.length))).toBeLessThan(2 << 20);
    expect(bytes).toBe(line.length + 5);
    for (const number of [123_456, 200_000, 333_333, 499_999])
      expect(fragments.some(({ text, line: at }) => text.includes(`,${number},`) && at === 1)).toBe(true);
    expect(fragments.at(-1)?.text.endsWith('\nend')).toBe(true);
  });

  it('are handed over in parts when there are very many, with their numbers', () => {
    const lines = Array.from({ length: 300_000 }, (_, index) => `line ${index + 1}`);
    const patch = `\0c\n\ndiff --git a/a b/a\n+++ b/a\n@@ -0,0 +1,${lines.length} @@\n+${lines.join('\n+')}\n`;
    const { fragments } = read(
      patch,
      Array.from({ length: 60 }, (_, index) => index * 65_536),
    );
    expect(fragments.length).toBeGreaterThan(2);
    for (const { text, line } of fragments) {
      const last = text.split('\n').length - 1;
      expect(text.split('\n')[last]).toBe(`line ${line + last}`);
    }
  });
});

describe('a binary file in a merge', () => {
  it('is told with its path and content, and not when it was deleted', () => {
    const patch = (id: string) => `\0c\n\ndiff --cc "a\\tb"\nindex 1,2..${id}\nBinary files differ\n`;
    expect(read(patch('abc')).unshown).toEqual([{ commit: 'c', file: 'a\tb', blob: 'abc' }]);
    expect(read(patch('000')).unshown).toEqual([]);
  });
});

describe('a path', () => {
  it.each([
    ['plain.txt', 'plain.txt'],
    ['with blank.txt\t', 'with blank.txt'],
    ['"a\\"b\\\\c\\nd\\001"', 'a"b\\c\nd\x01'],
    ['"\\303\\244"', 'ä'],
    [Buffer.from('ünï').toString('latin1'), 'ünï'],
  ])('written %j is %j', (written, path) => expect(unquotePath(written)).toBe(path));
});
