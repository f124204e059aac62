import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openGit } from '../../../src/io/git.ts';
import type { Git } from '../../../src/io/ports.ts';
import { isCheckoutName } from '../../../src/release/draft/checkout-name.ts';
import { draftObjects } from '../../../src/release/draft/draft-objects.ts';
import { editTree, type FileContent } from '../../../src/release/draft/edit-tree.ts';
import { runProgram } from '../../support/tagship.ts';

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

async function openRepository(format: string): Promise<{ cwd: string; git: Git }> {
  const cwd = mkdtempSync(join(tmpdir(), 'tagship-tree-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  await runProgram('git', ['init', '-q', `--object-format=${format}`], { cwd });
  return { cwd, git: openGit(cwd, process.env) };
}

/** Edits and writes; the id that git then finds. */
async function written(git: Git, base: string, changes: readonly FileContent[]): Promise<string> {
  const draft = draftObjects(git, base);
  const tree = await editTree(git, draft, base, changes);
  await draft.write();
  return tree;
}

const contents = (paths: readonly string[], text: string) => paths.map((path) => ({ path, bytes: Buffer.from(text) }));

describe.each(['sha1', 'sha256'])('a tree edited in a repository of %s', (format) => {
  it('is the one that git add makes of the same files', async () => {
    const { git } = await openRepository(format);
    const blob = async (text: string) => (await git.run(['hash-object', '-w', '--stdin'], { input: text })).trim();
    const index = async (entries: readonly (readonly [string, string, string?])[]) => {
      const input = entries.map(([path, id, mode = '100644']) => `${mode} ${id}\t${path}\0`).join('');
      await git.run(['update-index', '-z', '--index-info'], { input });
      return (await git.run(['write-tree'])).trim();
    };
    const [old, fresh] = [await blob('old\n'), await blob('new\n')];
    const before = await index([...PATHS.map((path) => [path, old] as const), ['run.sh', old, '100755']]);
    const changed = ['deep/er/est/file', 'a/b', 'a.new', 'deep/new/file', 'a.d/e/f'];

    const tree = await written(git, before, contents([...changed, 'run.sh'], 'new\n'));
    const expected = await index([...changed.map((path) => [path, fresh] as const), ['run.sh', fresh, '100755']]);
    expect(tree).toBe(expected);
    await git.run(['fsck', '--strict', '--no-dangling']);
  });

  it('keeps a name that is no UTF-8', async () => {
    const { git } = await openRepository(format);
    const id = (await git.run(['hash-object', '-w', '--stdin'], { input: 'x\n' })).trim();
    const odd = Buffer.concat([Buffer.from(`100644 ${id}\tcaf`), Buffer.from([0xe9]), Buffer.from('.txt\0')]);
    await git.run(['update-index', '-z', '--index-info'], { input: odd });
    const before = (await git.run(['write-tree'])).trim();
    const tree = await written(git, before, contents(['a.txt'], 'x\n'));
    expect(await git.run(['ls-tree', '--name-only', tree])).toBe('a.txt\n"caf\\351.txt"\n');
  });

  it.each(['../x', 'a/.git/hooks/x', 'file/below', 'folder', 'caf\ufffd.txt'])('is refused with %s', async (path) => {
    const { git } = await openRepository(format);
    const before = await written(git, await emptyTree(git), contents(['file', 'folder/file'], 'x\n'));
    await expect(written(git, before, contents([path], 'x\n'))).rejects.toMatchObject({ code: 'tree-refused' });
  });
});

const emptyTree = async (git: Git) => (await git.run(['hash-object', '-w', '-t', 'tree', '/dev/null'])).trim();

it('makes no file that git would not check out, wherever that is', async () => {
  const { git } = await openRepository('sha1');
  const id = (await git.run(['hash-object', '-w', '--stdin'], { input: 'x\n' })).trim();
  const guards = ['-c', 'core.protectHFS=true', '-c', 'core.protectNTFS=true'];
  const names = [
    '.git',
    '.GIT',
    '.Git ',
    '.git.',
    'git~1',
    '.git::$INDEX_ALLOCATION',
    '.g\u200cit',
    '.',
    '..',
    'a\\.git',
  ];
  const harmless = ['.github', '.gitignore', 'git', 'CHANGELOG.md', 'git~10', 'v1:2', 'end.', '.gitt'];
  for (const name of [...names, ...harmless]) {
    const answer = await git.try([...guards, 'update-index', '--add', '--cacheinfo', `100644,${id},${name}`]);
    expect({ name, possible: isCheckoutName(name) }).toEqual({ name, possible: answer.exitCode === 0 });
  }
});
