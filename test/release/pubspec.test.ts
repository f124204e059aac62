import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { findVersion, replaceVersion, UneditablePubspec } from '../../src/release/pubspec.ts';

const edit = (text: string) => replaceVersion(Buffer.from(text), '2.0.0+9').toString();

describe('a new version', () => {
  it.each([
    ['with a comment behind', 'name: a\nversion: 1.0.0+1 # keep\n', 'name: a\nversion: 2.0.0+9 # keep\n'],
    ['in double quotes', 'version: "1.0.0"\n', 'version: "2.0.0+9"\n'],
    ['in single quotes', "version: '1.0.0'\n", "version: '2.0.0+9'\n"],
    ['with CRLF', 'name: a\r\nversion: 1.0.0\r\nx: 1\r\n', 'name: a\r\nversion: 2.0.0+9\r\nx: 1\r\n'],
    ['after a byte order mark', '\ufeffversion: 1.0.0\n', '\ufeffversion: 2.0.0+9\n'],
    ['without a last newline', 'version: 1.0.0', 'version: 2.0.0+9'],
    ['in flow style', '{name: a, version: 1.0.0, x: 1}\n', '{name: a, version: 2.0.0+9, x: 1}\n'],
    ['with odd spacing', 'version  :    1.0.0   \n', 'version  :    2.0.0+9   \n'],
    ['with a quoted key', '"version": 1.0.0\n', '"version": 2.0.0+9\n'],
    ['on a line of its own', 'version:\n  1.0.0\n', 'version:\n  2.0.0+9\n'],
    [
      'beside a nested one',
      'dependencies:\n  a:\n    version: 1.0.0\nversion: 1.0.0\n',
      'dependencies:\n  a:\n    version: 1.0.0\nversion: 2.0.0+9\n',
    ],
    [
      'beside one in a block of text',
      'description: |\n  version: 3.3.3\nversion: 1.0.0\n',
      'description: |\n  version: 3.3.3\nversion: 2.0.0+9\n',
    ],
    ['beside one in a comment', '# version: 3.3.3\nversion: 1.0.0\n', '# version: 3.3.3\nversion: 2.0.0+9\n'],
    ['with an anchor', 'version: &v 1.0.0\nx: *v\n', 'version: &v 2.0.0+9\nx: *v\n'],
  ])('is written %s', (_how, before, after) => expect(edit(before)).toBe(after));

  it.each([
    ['the value is a block of text', 'version: |\n  1.0.0\n'],
    ['the value is an alias', 'x: &v 1.0.0\nversion: *v\n'],
    ['the value is a map', 'version: { a: 1 }\n'],
    ['the value is not a version', 'version: 1.0\n'],
    ['the value is empty', 'version:\nname: a\n'],
    ['the value holds an escape', 'version: "1.0\\x2e0"\n'],
    ['it stands there twice', 'version: 1.0.0\nversion: 1.0.1\n'],
    ['it is not there', 'name: a\n'],
    ['it is not YAML', 'name: [a\nversion: 1.0.0\n'],
    ['the file is a list', '- version: 1.0.0\n'],
    ['the file is empty', ''],
    ['there are two documents', 'version: 1.0.0\n---\nversion: 1.0.0\n'],
  ])('is refused when %s', (_why, text) => expect(() => edit(text)).toThrow(UneditablePubspec));

  it('is refused in a file that is not UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from('version: 1.0.0\nx: '), Buffer.from([0xff, 0xfe])]);
    expect(() => replaceVersion(bytes, '2.0.0')).toThrow(UneditablePubspec);
  });
});

it('a workspace pubspec has no version, and that is no error', () => {
  expect(findVersion('name: _\nworkspace: [a]\n')).toBeUndefined();
});

const number = fc.nat(99);
const version = fc
  .tuple(
    number,
    number,
    number,
    fc.constantFrom('', '-beta.1', '-dev', '-rc.10-x'),
    fc.constantFrom('', '+0', '+64', '+a.b'),
  )
  .map(([major, minor, patch, pre, build]) => `${major}.${minor}.${patch}${pre}${build}`);

/** A file in two halves, with its version between them; and which of the forms that people write it has. */
interface Written {
  readonly head: string;
  readonly value: string;
  readonly tail: string;
  readonly forms: readonly string[];
}

const NOISE = [
  ['', 'name: app'],
  ['a comment', '# version: 9.9.9'],
  ['quotes', 'description: "version: 9.9.9"'],
  ['quotes', "homepage: 'it''s # version: 9.9.9'"],
  ['', 'environment:\n  sdk: ^3.0.0'],
  ['a nested map', 'dependencies:\n  a:\n    version: 9.9.9'],
  ['a nested map', 'dev_dependencies: { b: { version: 9.9.9 } }'],
  ['flow style', 'topics: [a, "version: 9.9.9"]'],
  ['a block of text', 'note: |\n  version: 9.9.9\n\n  more'],
  ['a block of text', 'folded: >-\n  version: 9.9.9\n  more'],
  ['a block of text', 'plain: some\n  version 9.9.9'],
  ['', ''],
  ['a comment', '   # indented, version: 9.9.9'],
  ['beyond ASCII', 'author: "Å 日本 🎉"'],
  ['an anchor', 'anchored: &v 9.9.9\naliased: *v'],
] as const;

const block: fc.Arbitrary<Written> = fc
  .record({
    bom: fc.boolean(),
    lines: fc.uniqueArray(fc.constantFrom(...NOISE), { selector: ([, text]) => text.split(':')[0] ?? '' }),
    at: fc.nat(NOISE.length),
    key: fc.constantFrom(
      'version: ',
      'version:  ',
      'version : ',
      '"version": ',
      "'version': ",
      'version:\n  ',
      'version: &x ',
    ),
    quote: fc.constantFrom('', '"', "'"),
    value: version,
    behind: fc.constantFrom('', ' # shown', '   ', '\t# tab'),
    eol: fc.constantFrom('\n', '\r\n'),
    ended: fc.boolean(),
  })
  .map(({ bom, lines, at, key, quote, value, behind, eol, ended }) => {
    const text = (some: typeof lines) => some.map(([, line]) => `${line}\n`).join('');
    const [above, below] = [text(lines.slice(0, at)), text(lines.slice(at))];
    const withEnds = (part: string) => part.replaceAll('\n', eol);
    const tail = `${quote}${behind}\n${below}`;
    return {
      head: `${bom ? '\ufeff' : ''}${withEnds(`${above}${key}${quote}`)}`,
      value,
      tail: withEnds(ended ? tail : tail.replace(/\n$/, '')),
      forms: [
        ...lines.map(([form]) => form),
        ...(bom ? ['a byte order mark'] : []),
        ...(eol === '\n' ? [] : ['CRLF']),
        ...(ended ? [] : ['no newline at its end']),
        ...(quote === '' ? [] : ['quotes']),
        ...(behind.includes('#') ? ['a comment'] : []),
        ...formsOf(value),
      ],
    };
  });

const flow: fc.Arbitrary<Written> = fc
  .record({
    before: fc.subarray(['name: app', 'a: {version: 9.9.9}', '"b": [1, "version: 9.9.9"]']),
    after: fc.subarray(['x: y', 'c: {version: 9.9.9}', 'd: [{version: 9.9.9}]']),
    key: fc.constantFrom('version: ', '"version": ', '"version":'),
    quote: fc.constantFrom('"', "'", ''),
    between: fc.constantFrom(', ', ',\n  ', ' ,'),
    value: version,
  })
  .filter(({ key, quote }) => quote !== '' || key.endsWith(' '))
  .map(({ before, after, key, quote, between, value }) => ({
    head: `{${[...before, ''].join(between)}${key}${quote}`,
    value,
    tail: `${quote}${['', ...after].join(between)}}\n`,
    forms: ['flow style', ...formsOf(value)],
  }));

function formsOf(value: string): readonly string[] {
  return [...(value.includes('+') ? ['a build'] : []), ...(value.includes('-') ? ['a pre-release'] : [])];
}

const FORMS = [
  'quotes',
  'a comment',
  'CRLF',
  'a byte order mark',
  'a build',
  'a pre-release',
  'a nested map',
  'a block of text',
  'no newline at its end',
  'flow style',
  'beyond ASCII',
  'an anchor',
];

describe('in any pubspec', () => {
  it('only the bytes of the value change, and change back', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(fc.oneof({ weight: 3, arbitrary: block }, flow), version, ({ head, value, tail, forms }, next) => {
        const before = Buffer.from(head + value + tail);
        const edited = replaceVersion(before, next);
        expect(edited.toString()).toBe(head + next + tail);
        expect(replaceVersion(edited, value).equals(before)).toBe(true);
        for (const form of new Set(forms)) seen.set(form, (seen.get(form) ?? 0) + 1);
      }),
      { numRuns: 2000 },
    );
    // None of the forms is there by name alone.
    expect(FORMS.filter((form) => (seen.get(form) ?? 0) < 100)).toEqual([]);
  });

  it('that somebody has spoilt, either only they change or it is refused', () => {
    const snippet = fc.constantFrom(
      ...[
        'version: 1.0.0\n',
        'version:',
        '"',
        "'",
        '- ',
        ': ',
        '|',
        '>',
        '&a ',
        '*a',
        '\t',
        '\0',
        '{',
        '}',
        '[',
        '#',
        '---\n',
        '...\n',
      ],
      ...[
        '\r',
        '\n',
        ' ',
        '  ',
        '? ',
        '!!str ',
        '%YAML 1.2\n',
        '\\',
        '\ufeff',
        '\u2028',
        'é',
        '9.9.9',
        '<<: *a\n',
        ',',
      ],
    );
    let refused = 0;
    const spoilt = fc.tuple(fc.oneof(block, flow), snippet, fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(spoilt, version, ([{ head, value, tail }, added, place], next) => {
        const whole = head + value + tail;
        const at = Math.floor(place * whole.length);
        const bytes = Buffer.from(whole.slice(0, at) + added + whole.slice(at));
        // As a file has it: where a character was cut in two, neither half is one.
        const text = bytes.toString();
        let edited: string;
        try {
          edited = replaceVersion(bytes, next).toString();
        } catch (error) {
          expect(error).toBeInstanceOf(UneditablePubspec);
          expect((error as Error).message).toMatch(/^it|^its version/);
          refused += 1;
          return;
        }
        const places = [...text.matchAll(/[0-9]+\.[0-9]+\.[0-9]+[0-9A-Za-z.+-]*/g)].map(({ index, 0: found }) => {
          return text.slice(0, index) + next + text.slice(index + found.length);
        });
        expect(places).toContain(edited);
        expect(meaning(edited)).toEqual(meaning(text, next));
      }),
      { numRuns: 2000 },
    );
    expect(refused).toBeGreaterThan(300);
  });
});

/** What it says, with another version; why not, where an alias leads nowhere. */
function meaning(text: string, other?: string): unknown {
  try {
    const said = parseYaml(text.replace(/^\ufeff/, ''), { logLevel: 'error' }) as Record<string, unknown>;
    return other === undefined ? said : { ...said, version: other };
  } catch (error) {
    return String(error);
  }
}
