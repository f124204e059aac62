import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLocalHost } from '../../src/io/local-host.ts';
import { runProgram } from '../support/tagship.ts';

describe('a script on this machine', () => {
  it('works on the repository it stands in, whichever hook of another started us', async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tagship-local-')));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    for (const name of ['app', 'pushed-to']) await runProgram('git', ['init', '-q', name], { cwd: folder });
    const ofHook = { GIT_DIR: join(folder, 'pushed-to/.git'), GIT_WORK_TREE: folder };
    const host = openLocalHost({ ...process.env, ...ofHook });
    const { stdout } = await host.run('cd "$1" && git rev-parse --absolute-git-dir', { args: [join(folder, 'app')] });
    expect(stdout).toBe(`${join(folder, 'app')}/.git\n`);
  });

  it('that hangs is given up at once when it is to stop, whatever it has started', async () => {
    const started = Date.now();
    const signal = AbortSignal.timeout(200);
    const running = openLocalHost(process.env).run('(trap "" TERM; sleep 5) & sleep 5', { signal });
    await expect(running).rejects.toThrow('aborted due to timeout');
    expect(Date.now() - started).toBeLessThan(2_000);
  });

  it('is not torn apart by the Ctrl-C of the terminal we were started from', async () => {
    const { stdout } = await openLocalHost(process.env).run('ps -o pgid= -p $$');
    const { stdout: ours } = await runProgram('ps', ['-o', 'pgid=', '-p', String(process.pid)], { cwd: '/' });
    expect(stdout.trim()).not.toBe(ours.trim());
  });
});
