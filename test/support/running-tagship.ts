import { type ChildProcess, spawn } from 'node:child_process';
import { shellJoin } from '../../src/core/shell-quote.ts';
import { type Finished, TAGSHIP } from './tagship.ts';

interface RunningOptions {
  /** At a terminal of its own, where it asks and `type` answers. */
  readonly typed?: boolean;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A program that is still at work: what it says on standard error can be waited for, and it can be interrupted. */
export class RunningProgram {
  private said = '';
  private readonly child: ChildProcess;
  readonly finished: Promise<Pick<Finished, 'exitCode' | 'signal' | 'stderr'>>;

  constructor(
    cwd: string,
    command: readonly [string, ...string[]],
    { typed = false, env: added = {} }: RunningOptions = {},
  ) {
    const env = { ...process.env, NO_COLOR: '1', ...added };
    const [program, ...args] = command;
    this.child = typed
      ? spawn('script', ['-qec', shellJoin(command), '/dev/null'], { cwd, env, stdio: 'pipe' })
      : spawn(program, args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
    // A terminal has one stream for both.
    const stream = typed ? this.child.stdout : this.child.stderr;
    stream?.setEncoding('utf8').on('data', (text: string) => {
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
      if (ended) throw new Error(`it ended and never said "${text}":\n${this.said}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return performance.now();
  }

  type(text: string): void {
    this.child.stdin?.write(text);
  }

  interrupt(): void {
    this.child.kill('SIGINT');
  }
}

export class RunningTagship extends RunningProgram {
  constructor(cwd: string, args: readonly string[], options: RunningOptions = {}) {
    super(cwd, [process.execPath, TAGSHIP, ...args], options);
  }
}
