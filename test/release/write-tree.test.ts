import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { diskFiles } from '../../src/io/files.ts';
import { openGit } from '../../src/io/git.ts';
import { parseTree } from '../../src/release/tree.ts';
import { writeTree } from '../../src/release/write-tree.ts';
import { runProgram } from '../support/tagship.ts';

/** Names whose order by bytes is not the order by characters, or differs for files and folders. */
const PATHS = [
  'a.txt',
  'a/b',
  'a0',
  'a-b/c',
  'Z',
  'é',
  'deep/er/est/file',
  'with space/x y',
  'quote"s',
  'tab\tbed',
  'ab',
];

describe.each(['sha1', 'sha256'])('a tree written in a repository of %s', (format) => {
  it('is the one that git add makes of the same files', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'tagship-tree-'));
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
    await runProgram('git', ['init', '-q', `--object-format=${format}`], { cwd });
    const git = openGit(cwd, process.env);
    const blob = async (text: string) => (await git.run(['hash-object', '-w', '--stdin'], { input: text })).trim();
    const index = async (entries: readonly (readonly [string, string])[]) => {
      const input = entries.map(([path, id]) => `100644 ${id}\t${path}\0`).join('');
      await git.run(['update-index', '-z', '--index-info'], { input });
      return (await git.run(['write-tree'])).trim();
    };
    const [old, fresh] = [await blob('old\n'), await blob('new\n')];
    const before = await index(PATHS.map((path) => [path, old]));
    const changed = ['deep/er/est/file', 'a/b', 'a.new', 'deep/new/file'];

    const listing = parseTree(await git.run(['ls-tree', '-r', '-t', '-z', before]));
    const written = await writeTree(
      git,
      diskFiles,
      before,
      listing,
      changed.map((path) => ({ path, bytes: Buffer.from('new\n') })),
    );
    expect(written).toBe(await index(changed.map((path) => [path, fresh])));
  });

  it('keeps a name that is no UTF-8, and refuses a path that leads out', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'tagship-tree-'));
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
    await runProgram('git', ['init', '-q', `--object-format=${format}`], { cwd });
    const git = openGit(cwd, process.env);
    const id = (await git.run(['hash-object', '-w', '--stdin'], { input: 'x\n' })).trim();
    const odd = Buffer.concat([Buffer.from(`100644 ${id}\tcaf`), Buffer.from([0xe9]), Buffer.from('.txt\0')]);
    await git.run(['update-index', '-z', '--index-info'], { input: odd });
    const before = (await git.run(['write-tree'])).trim();
    const written = await writeTree(git, diskFiles, before, [], [{ path: 'a.txt', bytes: Buffer.from('x\n') }]);
    const names = await git.run(['ls-tree', '--name-only', written]);
    expect(names).toBe('a.txt\n"caf\\351.txt"\n');
    await expect(writeTree(git, diskFiles, before, [], [{ path: '../x', bytes: Buffer.from('x\n') }])).rejects.toThrow(
      'git refuses the files',
    );
  });
});
