import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { filterTar, type TarEntry } from '../../src/core/tar.ts';

const LONG = `${'a-long-folder-name/'.repeat(12)}file`;
const FILES: Readonly<Record<string, number>> = {
  'a/empty': 0,
  'a/one': 1,
  block: 512,
  'big.bin': 300_001,
  [LONG]: 700,
};

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'tagship-tar-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** What GNU tar makes of the files. */
function archive(format: string): Buffer {
  const from = folder();
  for (const [name, size] of Object.entries(FILES)) {
    mkdirSync(join(from, name, '..'), { recursive: true });
    writeFileSync(join(from, name), Buffer.alloc(size, name));
  }
  return execFileSync('tar', ['-C', from, `--format=${format}`, '-cf', '-', ...Object.keys(FILES)]);
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function filtered(bytes: Buffer, keeps: (entry: TarEntry) => boolean, pieces = 1_000): Promise<Buffer> {
  const out: Buffer[] = [];
  for await (const piece of filterTar(inPieces(bytes, pieces), keeps)) out.push(piece);
  return Buffer.concat(out);
}

it.each(['gnu', 'pax', 'ustar'])(
  'an archive of format %s is passed on byte for byte, in pieces of any size',
  async (format) => {
    const names = Object.keys(FILES);
    const bytes = archive(format);
    for (const size of [1, 511, 512, 100_000]) {
      if (size === 1 && format !== 'gnu') continue;
      const seen: TarEntry[] = [];
      expect((await filtered(bytes, (entry) => seen.push(entry) > 0, size)).equals(bytes)).toBe(true);
      expect(seen).toEqual(names.map((path) => ({ path, size: FILES[path] })));
    }
  },
);

it.each(['gnu', 'pax', 'ustar'])(
  'an archive of format %s lacks what was left out, and is whole otherwise',
  async (format) => {
    const left = await filtered(archive(format), ({ path }) => path !== 'big.bin' && path !== LONG);
    const to = folder();
    execFileSync('tar', ['-C', to, '-xf', '-'], { input: left });
    const found = readdirSync(to, { recursive: true, encoding: 'utf8' }).sort();
    expect(found).toEqual(['a', 'a/empty', 'a/one', 'block']);
    expect(readFileSync(join(to, 'block')).equals(Buffer.alloc(512, 'block'))).toBe(true);
  },
);

it('the content of a small entry is read on the way, kept or not', async () => {
  const got: string[] = [];
  const reading = {
    wants: ({ path }: TarEntry) => path === 'a/one',
    read: (_: TarEntry, content: Buffer) => void got.push(content.toString()),
  };
  for (const keeps of [true, false]) {
    for await (const _ of filterTar(inPieces(archive('gnu'), 999), () => keeps, reading));
  }
  expect(got).toEqual(['a', 'a']);
});

it('an archive that breaks off is not taken for a whole one', async () => {
  const bytes = archive('gnu');
  await expect(filtered(bytes.subarray(0, 100_000), () => true)).rejects.toThrow(RangeError);
});
