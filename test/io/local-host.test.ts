import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openLocalHost } from '../../src/io/local-host.ts';
import { runProgram } from '../support/tagship.ts';

it('a script on this machine works on the repository it stands in, whichever hook of another started us', async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tagship-local-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['app', 'pushed-to']) await runProgram('git', ['init', '-q', name], { cwd: folder });
  const ofHook = { GIT_DIR: join(folder, 'pushed-to/.git'), GIT_WORK_TREE: folder };
  const host = openLocalHost({ ...process.env, ...ofHook });
  const { stdout } = await host.run('cd "$1" && git rev-parse --absolute-git-dir', { args: [join(folder, 'app')] });
  expect(stdout).toBe(`${join(folder, 'app')}/.git\n`);
});
