import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { eventually } from './eventually.ts';
import { runProgram } from './tagship.ts';

/** Serves the repositories below a folder to one address of this machine, read-only, until it is stopped. */
export class GitDaemon {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async serve(folder: string, address: string, port: number): Promise<GitDaemon> {
    const where = [`--listen=${address}`, `--port=${port}`, `--base-path=${folder}`];
    // The program itself and not `git daemon`, which would leave it behind when it is stopped.
    const { stdout } = await runProgram('git', ['--exec-path'], { cwd: '/' });
    const child = spawn(`${stdout.trim()}/git-daemon`, ['--reuseaddr', '--export-all', ...where, folder], {
      stdio: 'ignore',
    });
    await eventually(() => answers(address, port), 'git-daemon answers');
    return new GitDaemon(child, `git://${address}:${port}`);
  }

  stop(): void {
    this.child.kill();
  }
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
