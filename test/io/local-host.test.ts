import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
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
    const stop = new AbortController();
    // Ignores the request to end, as its last line says, and is ended only later.
    const deaf = `sh -c 'trap "" TERM; echo $$; exec sleep 60'`;
    let pid = 0;
    const onLine = (line: string) => {
      pid = Number(line);
      stop.abort();
    };
    const running = openLocalHost(process.env).run(`${deaf} & sleep 60`, { signal: stop.signal, onLine });
    await expect(running).rejects.toThrow('aborted');
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toContain('sleep');
    process.kill(pid, 'SIGKILL');
  });

  it('is not torn apart by the Ctrl-C of the terminal we were started from', async () => {
    const { stdout } = await openLocalHost(process.env).run('ps -o pgid= -p $$');
    const { stdout: ours } = await runProgram('ps', ['-o', 'pgid=', '-p', String(process.pid)], { cwd: '/' });
    expect(stdout.trim()).not.toBe(ours.trim());
  });

  it('gets every word as it is, and more of them than a command line holds', async () => {
    const odd = ["it's", '', '-s', '$(false)\n'];
    const args = [...odd, ...Array(4_000).fill('x'.repeat(100))];
    const { stdout } = await openLocalHost(process.env).run('printf "%s|" "$#" "$1" "$2" "$3" "$4"', { args });
    expect(stdout).toBe(`4004|${odd.map((word) => `${word}|`).join('')}`);
  });

  it('reads what it is fed, byte for byte, and need not read it all', async () => {
    const host = openLocalHost(process.env);
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 256));
    const { stdout } = await host.feed('echo "$1" && sha256sum', pieces(bytes), { args: ["it's"] });
    const sum = createHash('sha256').update(bytes).digest('hex');
    expect(stdout).toBe(`it's\n${sum}  -\n`);
    expect((await host.feed('head -c 1 >/dev/null; exit 3', pieces(bytes))).exitCode).toBe(3);
  });

  it('is not taken for one that read all, when what it is fed breaks off', async () => {
    const broken = async function* () {
      yield Buffer.from('half');
      throw new Error('the source broke off');
    };
    await expect(openLocalHost(process.env).feed('cat', broken())).rejects.toThrow('the source broke off');
  });
});

async function* pieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 60_000) yield bytes.subarray(at, at + 60_000);
}
