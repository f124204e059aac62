import { type ChildProcess, spawn } from 'node:child_process';
import { type Finished, TAGSHIP } from './tagship.ts';

/** A tagship that is still at work: what it says can be waited for, and it can be interrupted. */
export class RunningTagship {
  private said = '';
  private readonly child: ChildProcess;
  readonly finished: Promise<Pick<Finished, 'exitCode' | 'signal' | 'stderr'>>;

  constructor(cwd: string, args: readonly string[]) {
    const env = { ...process.env, NO_COLOR: '1' };
    this.child = spawn(process.execPath, [TAGSHIP, ...args], { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.said += text;
    });
    this.finished = new Promise((resolve) =>
      this.child.on('close', (exitCode, signal) => resolve({ exitCode, signal, stderr: this.said })),
    );
  }

  /** Resolves once `text` has been said, to the time in milliseconds; rejects when it ends without. */
  async says(text: string): Promise<number> {
    let ended = false;
    void this.finished.then(() => {
      ended = true;
    });
    while (!this.said.includes(text)) {
      if (ended) throw new Error(`tagship ended and never said "${text}":\n${this.said}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return performance.now();
  }

  interrupt(): void {
    this.child.kill('SIGINT');
  }
}
