import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { compiledModule } from '../../src/io/compiled-module.ts';

interface Greeter {
  readonly greet: () => string;
}

/** A bundle as the build makes one, in a package of its own. */
function makeBundle(word = 'hello') {
  const folder = mkdtempSync(join(tmpdir(), 'tagship-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'dist'));
  const file = join(folder, 'dist/bundle.js');
  const write = (text: string) =>
    writeFileSync(
      file,
      `(function (exports, require) { exports.greet = () => require('node:path').join('${text}', ''); })\n`,
    );
  write(word);
  const kept = join(folder, '.cache/greet.bin');
  return { file, folder, kept, write, load: (build = 'one') => compiledModule<Greeter>(file, build, 'greet') };
}

const aged = (path: string, days: number) => utimesSync(path, new Date(), new Date(Date.now() - days * 86_400_000));

describe('code that is kept', () => {
  it('is kept once and taken from then on', () => {
    const { kept, load } = makeBundle();
    const first = load();
    expect(first.exports.greet()).toBe('hello');
    first.keep();
    const written = statSync(kept);
    const second = load();
    expect(second.exports.greet()).toBe('hello');
    second.keep();
    expect(statSync(kept).ino).toBe(written.ino);
  });

  it('is never that of another bundle, however alike', () => {
    const { file, write, load } = makeBundle();
    const { mtime, atime } = statSync(file);
    const first = load();
    first.exports.greet();
    first.keep();
    write('howdy');
    utimesSync(file, atime, mtime);
    expect(load('two').exports.greet()).toBe('howdy');
    write('aloha');
    expect(load('one').exports.greet()).toBe('aloha');
  });

  it('is that of a newer day in the end, which has seen more', () => {
    const { kept, load } = makeBundle();
    load().keep();
    const before = statSync(kept).ino;
    aged(kept, 2);
    load().keep();
    expect(statSync(kept).ino).not.toBe(before);
  });

  it.each([
    ['cut off', (kept: string) => writeFileSync(kept, readFileSync(kept).subarray(0, 100))],
    ['empty', (kept: string) => writeFileSync(kept, '')],
    ['overwritten, but for its end', (kept: string) => writeFileSync(kept, readFileSync(kept).fill(0, 0, 64))],
  ])('is made anew where it was %s', (_, damage) => {
    const { folder, kept, load } = makeBundle();
    load().keep();
    damage(kept);
    const next = load();
    expect(next.exports.greet()).toBe('hello');
    next.keep();
    expect(readdirSync(join(folder, '.cache'))).toEqual(['greet.bin']);
    const size = statSync(kept).size;
    expect(size).toBeGreaterThan(200);
  });

  it('is missed by nobody where it cannot be written', () => {
    const { folder, load } = makeBundle();
    writeFileSync(join(folder, '.cache'), 'in the way');
    const loaded = load();
    expect(loaded.exports.greet()).toBe('hello');
    loaded.keep();
    expect(readFileSync(join(folder, '.cache'), 'utf8')).toBe('in the way');
  });

  it('can be changed by nobody else', () => {
    const { kept, load } = makeBundle();
    const umask = process.umask(0);
    onTestFinished(() => void process.umask(umask));
    load().keep();
    for (const path of [kept, dirname(kept)]) expect(statSync(path).mode & 0o022).toBe(0);
  });
});
