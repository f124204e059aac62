import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addScripts, npmScripts } from '../../../src/hooks/install/npm-scripts.ts';

const two = { deploy: 'tagship deploy', hotfix: 'tagship hotfix' };

describe('scripts are added to package.json', () => {
  it.each([
    ['two blanks', '{\n  "name": "a",\n  "scripts": {\n    "test": "x"\n  },\n  "z": 1\n}\n'],
    ['tabs, without a last newline', '{\n\t"scripts": {\n\t\t"test": "x"\n\t}\n}'],
    ['lines of Windows', '{\r\n    "scripts": {\r\n        "test": "x"\r\n    }\r\n}\r\n'],
  ])('in its own layout: %s', (_what, text) => {
    const { text: edited, added } = addScripts(text, two);
    expect(added).toEqual(['deploy', 'hotfix']);
    const unit = /\n([ \t]+)"/.exec(text)?.[1] ?? '';
    const end = text.includes('\r\n') ? '\r\n' : '\n';
    const line = `"test": "x",${end}${unit}${unit}"deploy": "tagship deploy",${end}${unit}${unit}"hotfix": "tagship hotfix"`;
    expect(edited).toBe(text.replace('"test": "x"', line));
  });

  it('where there are none yet', () => {
    expect(addScripts('{\n  "private": true\n}\n', { a: 'b' }).text).toBe(
      '{\n  "private": true,\n  "scripts": {\n    "a": "b"\n  }\n}\n',
    );
    expect(addScripts('{}', { a: 'b' }).text).toBe('{"scripts": {"a": "b"}}');
    expect(addScripts('{\n  "scripts": {}\n}\n', { a: 'b' }).text).toBe('{\n  "scripts": {\n    "a": "b"\n  }\n}\n');
  });

  it('but never in the place of one that is there', () => {
    const text = '{ "scripts": { "deploy": "./mine.sh", "hotfix": "tagship hotfix" } }';
    expect(addScripts(text, two)).toEqual({ text, added: [], taken: ['deploy'] });
  });

  it('not into something else that is called scripts', () => {
    const text = '{"a": {"scripts": {"x": "}"}}, "b": "\\"scripts\\": {", "scripts": {"c": "d,}"}}';
    expect(JSON.parse(addScripts(text, { a: 'b' }).text)).toEqual({
      ...JSON.parse(text),
      scripts: { c: 'd,}', a: 'b' },
    });
  });

  it('and nothing else changes, whatever stands there', () => {
    const manifest = fc.record({
      name: fc.string(),
      scripts: fc.dictionary(fc.string(), fc.string()),
      more: fc.jsonValue(),
    });
    fc.assert(
      fc.property(manifest, fc.constantFrom(0, 2, '\t'), (value, indent) => {
        const wanted = JSON.parse(JSON.stringify(value));
        const { text } = addScripts(JSON.stringify(value, null, indent), two);
        expect(JSON.parse(text)).toEqual({ ...wanted, scripts: { ...two, ...wanted.scripts } });
      }),
    );
  });

  it.each(['', 'not json', '[]', '{"scripts": []}'])('not to %j, which is told', (text) => {
    expect(() => addScripts(text, two)).toThrow('package.json cannot be given scripts');
  });

  it('start husky at the root of the repository, wherever package.json is', () => {
    expect(npmScripts('', true).prepare).toBe('husky');
    expect(npmScripts('apps/mobile', true).prepare).toBe('cd ../.. && husky "apps/mobile/.husky"');
  });

  it('start the husky of a linked checkout, where npm puts none into the app', () => {
    expect(npmScripts('', false).prepare).toBe('husky || node node_modules/tagship/node_modules/husky/bin.js');
    expect(npmScripts('app', false).prepare).toBe(
      'cd .. && (husky "app/.husky" || node app/node_modules/tagship/node_modules/husky/bin.js "app/.husky")',
    );
  });
});
