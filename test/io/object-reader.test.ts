import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openGit } from '../../src/io/git.ts';
import { gitRunsIn } from '../../src/io/processes.ts';
import { AppRepository } from '../support/app-repository.ts';

const ODD = 'lib/two\nlines.dart';

async function make() {
  const app = await AppRepository.make({
    files: { 'pubspec.yaml': 'name: app\n', [ODD]: '// odd\n', 'big.bin': 'x'.repeat(3_000_000), empty: '' },
    origin: false,
  });
  const trace = join(app.folder, 'trace');
  return { app, trace, git: openGit(app.path, { ...process.env, GIT_TRACE2_EVENT: trace }) };
}

it('objects are read in the order asked, whatever their size and name', async () => {
  const { git } = await make();
  const names = ['HEAD:big.bin', 'HEAD:gone', `HEAD:${ODD}`, `HEAD:gone\n${ODD}`, 'HEAD:empty', 'HEAD:pubspec.yaml'];
  const found = await git.readObjects(names);
  expect(found.map((content) => content?.length)).toEqual([3_000_000, undefined, 7, undefined, 0, 10]);
});

it('one git answers questions that follow each other and those that are asked at the same time', async () => {
  const { git, app, trace } = await make();
  expect(await git.readObjects([])).toEqual([]);
  await git.readObjects(['HEAD:big.bin']);
  await app.commit('later.txt', 'later\n', 'feat: later');
  const asked = ['HEAD:later.txt', 'HEAD:big.bin', 'HEAD~1:later.txt'].map((name) => git.readObjects([name]));
  const found = await Promise.all(asked);
  expect(found.map(([content]) => content?.length)).toEqual([6, 3_000_000, undefined]);
  expect(readFileSync(trace, 'utf8').match(/"event":"start"/g)).toHaveLength(1);
});

it('a submodule is nothing that can be read, in the words of every git', async () => {
  const { git, app } = await make();
  await app.git('update-index', '--add', '--cacheinfo', `160000,${'a'.repeat(40)},sub`);
  await app.git('commit', '-q', '-m', 'feat: sub');
  const found = await git.readObjects(['HEAD:sub', 'HEAD:empty']);
  expect(found.map((content) => content?.length)).toEqual([undefined, 0]);
});

it('a git that ends under a question is an error, and the next question has another', async () => {
  const { git, app } = await make();
  const blob = await app.git('rev-parse', 'HEAD:big.bin');
  const path = join(app.path, '.git/objects', blob.slice(0, 2), blob.slice(2));
  const whole = readFileSync(path);
  rmSync(path);
  writeFileSync(path, whole.subarray(0, whole.length / 2));
  await expect(git.readObjects(['HEAD:big.bin'])).rejects.toThrow('cat-file');
  expect(await git.readObjects(['HEAD:empty'])).toEqual([Buffer.alloc(0)]);
});

it.runIf(process.platform === 'linux')('a git of ours that waits for questions is not at work', async () => {
  const { git, app } = await make();
  await git.readObjects(['HEAD:empty']);
  expect(await gitRunsIn([app.path])).toBe(false);
});
