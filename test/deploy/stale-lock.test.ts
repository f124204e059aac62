import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AppFolder } from '../support/app-folder.ts';
import { hostShells } from '../support/host-shells.ts';

const SHELLS = hostShells().map((shell) => [shell.name, shell] as const);
const LOCK = '.git/index.lock';

/** A git that works in the folder until it is killed. */
function gitAtWork(folder: string) {
  const git = spawn('git', ['cat-file', '--batch'], { cwd: folder, stdio: ['pipe', 'ignore', 'ignore'] });
  onTestFinished(() => void git.kill('SIGKILL'));
  return git;
}

describe.each(SHELLS)('the lock of a git in the clone (%s)', (_name, shell) => {
  const locked = () => new AppFolder({ [LOCK]: '' });
  /** Without its patience, in place of which something else may happen. */
  const clear = (app: AppFolder, meanwhile = ':') => {
    const { status, stdout } = app.tryRun(shell, `sleep() { ${meanwhile}; }; clear_stale_lock index`);
    return { status, said: stdout.toString() };
  };

  it('is left while that git is at work, here or in a folder of it, and cleared when it has been killed', async () => {
    const app = locked();
    mkdirSync(join(app.folder, 'lib'));
    for (const folder of [app.folder, join(app.folder, 'lib')]) {
      const git = gitAtWork(folder);
      expect(clear(app)).toEqual({ status: 1, said: expect.stringContaining('another git is at work') });
      expect(existsSync(join(app.folder, LOCK))).toBe(true);
      git.kill('SIGKILL');
      await once(git, 'exit');
    }
    expect(clear(app)).toEqual({ status: 0, said: `removing ${LOCK}, left by a git that no longer runs\n` });
    expect(existsSync(join(app.folder, LOCK))).toBe(false);
  });

  it('is cleared although a git is at work in another clone', () => {
    const [app, other] = [locked(), locked()];
    gitAtWork(other.folder);
    expect(clear(app).status).toBe(0);
    expect([app, other].map(({ folder }) => existsSync(join(folder, LOCK)))).toEqual([false, true]);
  });

  it('is cleared although a git that ended was never waited for by what began it', async () => {
    const app = locked();
    const parent = spawn('sh', ['-c', 'git --version & exec sleep 60 >/dev/null'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    onTestFinished(() => void parent.kill('SIGKILL'));
    await once(parent.stdout.resume(), 'end');
    expect(clear(app)).toEqual({ status: 0, said: expect.stringContaining('no longer runs') });
  });

  it('is waited for: of one that goes by itself nothing is said', () => {
    const app = locked();
    gitAtWork(app.folder);
    expect(clear(app, `rm -f ${LOCK}`)).toEqual({ status: 0, said: '' });
  });

  it('of another name stays', () => {
    const app = locked();
    app.write('.git/HEAD.lock', '');
    expect(clear(app).status).toBe(0);
    expect(existsSync(join(app.folder, '.git/HEAD.lock'))).toBe(true);
  });
});
