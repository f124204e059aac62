import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PUBSPEC } from '../support/app-repository.ts';
import { HookedApp } from '../support/hooked-app.ts';
import { RunningProgram } from '../support/running-tagship.ts';
import { runProgram, TAGSHIP } from '../support/tagship.ts';

const TEST = "import 'package:test/test.dart';\nvoid main() { test('works', () {}); }\n";

it('a branch without a common history is tested on its way to a remote that has nothing', async () => {
  const hooked = await HookedApp.make();
  const { app } = hooked;
  await app.git('init', '-q', '--bare', '../empty.git');
  await app.git('remote', 'add', 'empty', '../empty.git');
  await app.git('switch', '-q', '--orphan', 'fresh');
  await app.write('pubspec.yaml', PUBSPEC);
  await app.write('test/fresh_test.dart', TEST);
  await app.git('add', '.');
  await app.git('commit', '-q', '-m', 'feat: begin again');
  const { exitCode, stderr } = await hooked.push('-u', 'empty', 'fresh');
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('secrets: 1 commit,') });
  expect(hooked.testRuns()).toBe(1);
  expect(await app.git('ls-remote', 'empty', 'fresh')).toContain(await app.git('rev-parse', 'HEAD'));
});

it('a force push over commits that were never fetched is tested like any other', async () => {
  const hooked = await HookedApp.make();
  const { app } = hooked;
  await app.commit('lib/a.dart', '// a\n', 'feat: a');
  await hooked.push('origin', 'feature');
  const clone = join(app.folder, 'clone');
  const other = ['-c', 'user.name=O', '-c', 'user.email=o@example.com'];
  await runProgram('git', ['clone', '-q', '-b', 'feature', app.origin, clone], { cwd: app.folder });
  await runProgram('git', [...other, 'commit', '-q', '--allow-empty', '-m', 'feat: theirs'], { cwd: clone });
  await runProgram('git', ['push', '-q'], { cwd: clone });
  await app.write('lib/a.dart', '// better\n');
  await app.git('commit', '-q', '-a', '--amend', '-m', 'feat: better');
  expect((await hooked.push('origin', 'feature')).exitCode).not.toBe(0);
  expect(await hooked.push('--force', 'origin', 'feature')).toMatchObject({ exitCode: 0 });
  expect(await hooked.published('refs/heads/feature')).toBe(await app.git('rev-parse', 'HEAD'));
  // Refused by git, it had passed the gates all the same.
  expect(hooked.testRuns()).toBe(2);
});

it('at a terminal one line tells how far the tests are, and is gone at the end', async () => {
  const hooked = await HookedApp.make({ 'test/other_test.dart': TEST });
  const variables = Object.entries({ ...hooked.env, FLUTTER_STAND_IN: 'delay=400ms', TERM: 'xterm' });
  const words = variables.map(([name, value]) => `${name}=${value}`);
  const check = new RunningProgram(hooked.app.path, ['env', ...words, process.execPath, TAGSHIP, 'check'], {
    typed: true,
  });
  const erase = '\r\x1b[2K';
  await check.says(`${erase}  1 passed`);
  const { exitCode, stderr } = await check.finished;
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  // What stands on the screen: of each line what was written behind its last erasure.
  const screen = stderr.split('\n').map((line) => line.slice(line.lastIndexOf(erase) + erase.length));
  expect(screen.join('\n')).toContain('│ test │ 2 passed');
  expect(screen.filter((line) => /^ {2}\d+ passed/.test(line))).toEqual([]);
});
