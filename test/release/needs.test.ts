import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { followVersions } from '../../src/release/needs.ts';
import { UneditablePubspec } from '../../src/release/pubspec.ts';

const CORE = new Map([['core', { core: '1.3.0', build: undefined }]]);
const edit = (text: string) => followVersions(Buffer.from(text), CORE).toString();

describe('the constraint on a package', () => {
  it.each([
    ['itself', 'x: &v ^1.2.0\ndependencies:\n  core: *v\n'],
    ['in a map', 'x: &v ^1.2.0\ndependencies:\n  core: {path: ../core, version: *v}\n'],
    ['with its map', 'x: &m {path: ../core, version: ^1.2.0}\ndependencies:\n  core: *m\n'],
    ['with its section', 'x: &d {core: ^1.2.0}\ndependencies: *d\n'],
  ])('is refused, not left behind, where it stands for another by a YAML alias: %s', (_how, text) => {
    expect(() => edit(text)).toThrow(UneditablePubspec);
  });

  it.each([
    ['plain', 'dependencies:\n  core: ^1.2.0 # ours\n', 'dependencies:\n  core: ^1.3.0 # ours\n'],
    ['in quotes', 'dependencies:\n  core: ">=1.0.0 <1.3.0"\n', 'dependencies:\n  core: "^1.3.0"\n'],
    ['for development', "dev_dependencies:\n  core: '1.2.0'\n", "dev_dependencies:\n  core: '1.3.0'\n"],
    [
      'beside a path',
      'dependencies:\n  core:\n    path: ../core\n    version: ^1.2.0\n',
      'dependencies:\n  core:\n    path: ../core\n    version: ^1.3.0\n',
    ],
    [
      'of a hosted one',
      'dependencies: {core: {hosted: https://pub.example.com, version: ^1.2.0}}\n',
      'dependencies: {core: {hosted: https://pub.example.com, version: ^1.3.0}}\n',
    ],
    [
      'of one hosted under its own name',
      'dependencies:\n  base: {hosted: {name: core}, version: ^1.2.0}\n',
      'dependencies:\n  base: {hosted: {name: core}, version: ^1.3.0}\n',
    ],
    [
      'as a range in single quotes, between others',
      "dependencies:\n  core_ui: '>=1.0.0 <1.3.0'\n  core: '>=1.0.0 <1.3.0' # ours\n  my_core: ^1.0.0\n",
      "dependencies:\n  core_ui: '>=1.0.0 <1.3.0'\n  core: '^1.3.0' # ours\n  my_core: ^1.0.0\n",
    ],
    ['as a pre-release with a build', 'dependencies:\n  core: 1.2.0-dev.1+2\n', 'dependencies:\n  core: 1.3.0\n'],
    [
      'beside a pattern of git tags',
      'dependencies:\n  core:\n    git:\n      url: x.git\n      tag_pattern: core-v{{version}}\n    version: ">=1.2.0 <1.3.0"\n',
      'dependencies:\n  core:\n    git:\n      url: x.git\n      tag_pattern: core-v{{version}}\n    version: "^1.3.0"\n',
    ],
    [
      'with CRLF',
      'dependencies:\r\n  core: ^1.2.0\r\n  x: 1.0.0\r\n',
      'dependencies:\r\n  core: ^1.3.0\r\n  x: 1.0.0\r\n',
    ],
    ['after a byte order mark', '\ufeffdependencies:\n  core: ^1.2.0', '\ufeffdependencies:\n  core: ^1.3.0'],
    [
      'in both sections',
      'dependencies: {core: ^1.2.0}\ndev_dependencies: {core: ^1.0.0}\n',
      'dependencies: {core: ^1.3.0}\ndev_dependencies: {core: ^1.3.0}\n',
    ],
  ])('is changed when it is written %s', (_how, before, after) => expect(edit(before)).toBe(after));

  it.each([
    ['another package', 'dependencies:\n  corelib: ^1.2.0\n'],
    ['a path alone', 'dependencies:\n  core: {path: ../core}\n'],
    ['a git repository', 'dependencies:\n  core: {git: {url: https://example.com/core.git, ref: v1.2.0}}\n'],
    ['an SDK', 'dependencies:\n  core: {sdk: flutter}\n'],
    ['nothing', 'dependencies:\n  core:\n'],
    ['a range that holds the version', 'dependencies:\n  core: ">=1.2.0 <2.0.0"\n'],
    ['one of the same name, hosted as another', 'dependencies:\n  core: {hosted: {name: x}, version: ^1.2.0}\n'],
    ['any, in quotes', "dependencies:\n  core: 'any'\n"],
    ['an override', 'dependency_overrides:\n  core: 1.2.0\n'],
    ['something in a block of text', 'description: |\n  dependencies:\n    core: ^1.2.0\n'],
    ['a list', 'dependencies:\n  - core: ^1.2.0\n'],
  ])('stays where it is %s', (_what, text) => expect(edit(text)).toBe(text));

  it.each([
    ['a block of text', 'dependencies:\n  core: >-\n    ^1.2.0\n'],
    ['written with an escape', 'dependencies:\n  core: "^1.2\\x2e0"\n'],
    ['shared with another package', 'dependencies:\n  core: &c ^1.2.0\n  x: *c\n'],
  ])('is refused when it is %s', (_how, text) => expect(() => edit(text)).toThrow(UneditablePubspec));

  it('is all that differs, or the file is refused', () => {
    const constraint = fc.constantFrom(
      '^1.2.0',
      '1.2.0',
      '"<1.3.0"',
      "'^1.0.0'",
      'any',
      '',
      '>-\n    ^1.2.0',
      '&a ^1.2.0',
    );
    const source = fc.constantFrom(
      (text: string) => `  core: ${text}`,
      (text: string) => `  core: { path: ../core, version: ${text} }`,
      (text: string) => `  core:\n    version: ${text}\n    hosted: https://pub.example.com`,
    );
    const around = fc.constantFrom(
      '  x: ^1.2.0',
      '  # core: ^1.2.0',
      '  y: { version: ^1.2.0 }',
      '',
      '  "z": *a',
      '  é: any',
    );
    const file = fc.record({
      bom: fc.constantFrom('', '\ufeff'),
      section: fc.constantFrom('dependencies', 'dev_dependencies', '"dependencies"'),
      before: fc.array(around, { maxLength: 3 }),
      entry: fc.tuple(source, constraint).map(([write, text]) => write(text)),
      after: fc.array(around, { maxLength: 3 }),
      newline: fc.constantFrom('\n', '\r\n'),
    });
    fc.assert(
      fc.property(file, ({ bom, section, before, entry, after, newline }) => {
        const head = `${bom}name: a${newline}${section}:${newline}`;
        const lines = (texts: readonly string[]) =>
          texts.map((text) => text.replaceAll('\n', newline) + newline).join('');
        const text = head + lines(before) + lines([entry]) + lines(after);
        let edited: string;
        try {
          edited = edit(text);
        } catch (error) {
          if (error instanceof UneditablePubspec) return;
          throw error;
        }
        const start = (head + lines(before)).length;
        const end = lines(after).length;
        expect(edited.slice(0, start)).toBe(text.slice(0, start));
        expect(edited.slice(edited.length - end)).toBe(text.slice(text.length - end));
        const ours = edited.slice(start, edited.length - end).replace(/\^?1\.3\.0/, '@');
        const theirs = lines([entry]);
        expect([theirs, theirs.replace(/\^?<?1\.[0-9]\.0/, '@')]).toContain(ours);
      }),
      { numRuns: 2000 },
    );
  });
});
