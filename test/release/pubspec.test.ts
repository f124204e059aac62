import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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

describe('in any pubspec that can be edited', () => {
  const newline = fc.constantFrom('\n', '\r\n');
  const quote = fc.constantFrom('', '"', "'");
  const number = fc.nat(99);
  const version = fc
    .tuple(
      number,
      number,
      number,
      fc.option(fc.constantFrom('-beta.1', '-dev'), { nil: '' }),
      fc.option(fc.nat(9999), { nil: undefined }),
    )
    .map(([a, b, c, pre, build]) => `${a}.${b}.${c}${pre}${build === undefined ? '' : `+${build}`}`);
  const noise = fc.constantFrom(
    'name: app',
    '# version: 9.9.9',
    'description: "version: 9.9.9"',
    'environment:\n  sdk: ^3.0.0',
    'dependencies:\n  a:\n    version: 9.9.9',
    'topics: [a, b]',
    'note: |\n  version: 9.9.9\n\n  more',
    '',
    '   # indented comment',
    'author: "Å 日本 🎉"',
  );
  const unique = fc.uniqueArray(noise, { selector: (line) => line.split(':')[0] ?? line });
  const file = fc
    .tuple(fc.boolean(), unique, version, quote, fc.constantFrom('', ' # shown', '   '), unique, newline, fc.boolean())
    .map(([bom, before, value, mark, behind, after, eol, ended]) => {
      const rest = after.filter((line) => !before.some((other) => other.split(':')[0] === line.split(':')[0]));
      const lines = [...before, `version: ${mark}${value}${mark}${behind}`, ...rest].join('\n').replaceAll('\n', eol);
      return { text: `${bom ? '\ufeff' : ''}${lines}${ended ? eol : ''}`, value };
    });

  it('only the bytes of the value change', () => {
    fc.assert(
      fc.property(file, version, ({ text, value }, next) => {
        const edited = replaceVersion(Buffer.from(text), next).toString();
        const spot = findVersion(text);
        expect(text.slice(spot?.start, spot?.end)).toBe(value);
        expect(edited).toBe(text.slice(0, spot?.start) + next + text.slice(spot?.end));
        expect(replaceVersion(Buffer.from(edited), value).toString()).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });
});
