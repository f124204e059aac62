import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { diskFiles } from '../../src/io/files.ts';
import { openGit } from '../../src/io/git.ts';
import { followBranches } from '../../src/release/worktrees.ts';

const IDENTITY = { GIT_CONFIG_COUNT: '3', GIT_CONFIG_KEY_0: 'user.name', GIT_CONFIG_VALUE_0: 'Tester' };
const environment = {
  ...process.env,
  ...IDENTITY,
  GIT_CONFIG_KEY_1: 'user.email',
  GIT_CONFIG_VALUE_1: 'tester@example.com',
  GIT_CONFIG_KEY_2: 'protocol.file.allow',
  GIT_CONFIG_VALUE_2: 'always',
};

const gitIn = (folder: string) => openGit(folder, environment);

/** An app with a file `version`, as a repository of its own or as a submodule of another. */
async function checkedOutApp(kind: string): Promise<string> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tagship-follow-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const app = join(folder, 'app');
  await gitIn(folder).run(['init', '-q', '-b', 'develop', app]);
  writeFileSync(join(app, 'version'), 'one\n');
  await gitIn(app).run(['add', '-A']);
  await gitIn(app).run(['commit', '-q', '-m', 'feat: begin']);
  if (kind === 'a repository') return app;
  await gitIn(folder).run(['init', '-q', 'whole']);
  await gitIn(join(folder, 'whole')).run(['submodule', '--quiet', 'add', app, 'part']);
  return join(folder, 'whole/part');
}

it.each(['a repository', 'a submodule'])(
  'of %s, files that a killed git wrote already follow all the same',
  async (kind) => {
    const app = await checkedOutApp(kind);
    const git = gitIn(app);
    const from = (await git.run(['rev-parse', 'HEAD'])).trim();
    writeFileSync(join(app, 'version'), 'two\n');
    await git.run(['commit', '-q', '-a', '-m', 'chore(release): two']);
    const to = (await git.run(['rev-parse', 'HEAD'])).trim();
    // The index is as it was, the file is new: git was killed between the two.
    await git.run(['read-tree', from]);
    const moves = [{ name: 'refs/heads/develop', from, to }];
    await followBranches({ git, gitIn, files: diskFiles }, moves, true);
    expect(await git.run(['status', '--porcelain'])).toBe('');
  },
);
