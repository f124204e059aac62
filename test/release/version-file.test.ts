import { describe, expect, it } from 'vitest';
import { UneditablePubspec } from '../../src/release/pubspec.ts';
import { replaceVersionIn } from '../../src/release/version-file.ts';

const NEXT = { core: '6.4.0', build: '65' };
const edit = (after: string | undefined, text: string) =>
  replaceVersionIn({ path: 'file', after }, Buffer.from(text), NEXT).toString();

describe('a file with a version at its top level', () => {
  it.each([
    ['tabs', '{\n\t"version": "6.3.1"\n}\n', '{\n\t"version": "6.4.0"\n}\n'],
    [
      'four spaces',
      '{\n    "name": "a",\n    "version": "6.3.1"\n}\n',
      '{\n    "name": "a",\n    "version": "6.4.0"\n}\n',
    ],
    ['CRLF', '{\r\n  "version": "6.3.1"\r\n}\r\n', '{\r\n  "version": "6.4.0"\r\n}\r\n'],
    ['one line', '{"name":"a","version":"6.3.1"}', '{"name":"a","version":"6.4.0"}'],
    [
      'versions inside others',
      '{"packages": {"": {"version": "1.0.0"}}, "version": "6.3.1"}\n',
      '{"packages": {"": {"version": "1.0.0"}}, "version": "6.4.0"}\n',
    ],
    [
      'a line longer than any editor wraps',
      `version: 6.3.1\ndescription: ${'word '.repeat(60)}end\n`,
      `version: 6.4.0\ndescription: ${'word '.repeat(60)}end\n`,
    ],
    ['a build', 'version: 6.3.1+1\n', 'version: 6.4.0+65\n'],
  ])('keeps all else: %s', (_what, before, after) => expect(edit(undefined, before)).toBe(after));

  it.each([
    ['without one', '{"name": "a"}\n'],
    ['with one deeper down only', 'info:\n  version: 6.3.1\n'],
    ['with another kind of it', '{"version": 2}\n'],
  ])('%s is refused', (_what, text) => expect(() => edit(undefined, text)).toThrow(UneditablePubspec));
});

describe('a version behind a text', () => {
  it.each([
    ['a Dart constant', "appVersion = '", "const appVersion = '6.3.1';\n", "const appVersion = '6.4.0';\n"],
    ['an environment file', 'APP_VERSION=', 'A=1\nAPP_VERSION=6.3.1\nB=2\n', 'A=1\nAPP_VERSION=6.4.0\nB=2\n'],
    ['a build script', 'versionName = "', '\tversionName = "6.3.1"\r\n', '\tversionName = "6.4.0"\r\n'],
    ['XML', '<Version>', '<A><Version>6.3.1</Version></A>', '<A><Version>6.4.0</Version></A>'],
    [
      'a description of an API',
      'title: App\n  version: ',
      'info:\n  title: App\n  version: 6.3.1\n',
      'info:\n  title: App\n  version: 6.4.0\n',
    ],
    ['a badge', '/badge/app-', 'x /badge/app-6.3.1 y', 'x /badge/app-6.4.0 y'],
    ['the end of the file', 'v', 'v6.3.1', 'v6.4.0'],
    ['a pre-release', 'v', 'v6.3.1-beta.2\n', 'v6.4.0\n'],
    ['a build', 'v', 'v6.3.1+64\n', 'v6.4.0+65\n'],
  ])('is found: %s', (_what, after, before, expected) => expect(edit(after, before)).toBe(expected));

  it.each([
    ['is not there', 'VERSION=', 'version=6.3.1\n'],
    ['is there twice', 'v=', 'v=6.3.1\nv=6.3.1\n'],
    ['has no version behind it', 'v=', 'v=latest\n'],
    ['has half a version behind it', 'v=', 'v=6.3\n'],
    ['has a blank behind it', 'v=', 'v= 6.3.1\n'],
    ['has more than a version behind it', 'v=', 'v=6.3.1.4\n'],
  ])('is refused where the text %s', (_why, after, text) => expect(() => edit(after, text)).toThrow(UneditablePubspec));
});
