import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { GitFailure } from './git-failure.ts';

const ARGS = ['cat-file', '--batch', '-z'];

const LONGEST_WORD = 32;

/** What was asked for and has not been answered yet. */
interface Question {
  readonly name: string;
  readonly answer: (content: Buffer | undefined) => void;
  readonly fail: (error: Error) => void;
}

/**
 * Reads objects by any name git understands, in the order asked; undefined where there is none. One git answers all the
 * questions of this process: it is started by the first, waits for the next, and ends with its standard input.
 */
export function objectReader(
  cwd: string,
  env: NodeJS.ProcessEnv,
): (names: readonly string[]) => Promise<readonly (Buffer | undefined)[]> {
  let conversation: Conversation | undefined;
  return async (names) => {
    if (names.length === 0) return [];
    // An interrupt at the terminal ends it too; whoever still has a question begins anew.
    if (conversation === undefined || conversation.isOver) conversation = new Conversation(cwd, env);
    return conversation.ask(names);
  };
}

class Conversation {
  isOver = false;
  private readonly git: ChildProcessWithoutNullStreams;
  private questions: Question[] = [];
  private output: Buffer[] = [];
  private received = 0;
  private said = '';
  /** How much output makes the next answer whole, as far as that is known. */
  private awaited = 0;

  constructor(cwd: string, env: NodeJS.ProcessEnv) {
    this.git = spawn('git', ARGS, { cwd, env, stdio: 'pipe' });
    this.git.stdout.on('data', (chunk: Buffer) => this.receive(chunk));
    this.git.stderr.on('data', (chunk: Buffer) => (this.said += chunk.toString()));
    // What went wrong with a git that ends early is told when it has ended.
    this.git.stdin.on('error', () => {});
    this.git.on('error', (error) => this.end(error));
    this.git.on('close', (exitCode) =>
      this.end(new GitFailure(ARGS, { exitCode: exitCode ?? 1, stdout: '', stderr: this.said })),
    );
    this.hold(false);
  }

  ask(names: readonly string[]): Promise<readonly (Buffer | undefined)[]> {
    this.hold(true);
    const answers = names.map(
      (name) =>
        new Promise<Buffer | undefined>((answer, fail) => {
          this.questions.push({ name, answer, fail });
        }),
    );
    this.git.stdin.write(names.map((name) => `${name}\0`).join(''));
    return Promise.all(answers);
  }

  /** Only who waits for an answer keeps this process from ending. */
  private hold(waiting: boolean): void {
    const change = waiting ? 'ref' : 'unref';
    this.git[change]();
    for (const stream of [this.git.stdin, this.git.stdout, this.git.stderr]) (stream as unknown as Socket)[change]();
  }

  private receive(chunk: Buffer): void {
    this.output.push(chunk);
    this.received += chunk.length;
    if (this.received < this.awaited) return;
    let rest = Buffer.concat(this.output);
    this.awaited = 0;
    for (let [question] = this.questions; question !== undefined; [question] = this.questions) {
      const answer = readAnswer(rest, question.name);
      if (answer.end > rest.length) {
        this.awaited = answer.end;
        break;
      }
      this.questions.shift();
      question.answer(answer.content);
      rest = rest.subarray(answer.end);
    }
    this.output = [rest];
    this.received = rest.length;
    if (this.questions.length === 0) this.hold(false);
  }

  private end(error: Error): void {
    this.isOver = true;
    for (const { fail } of this.questions) fail(error);
    this.questions = [];
  }
}

/**
 * Reads `id type size`, newline, content, newline; or `name missing`, where a name may hold newlines of its own. Instead of
 * `missing` git says `ambiguous`, later versions `submodule`, and one day something else.
 * @returns where the answer ends, which is beyond the output while it is not whole
 */
function readAnswer(output: Buffer, name: string): { readonly content: Buffer | undefined; readonly end: number } {
  const asked = Buffer.from(`${name} `);
  if (output.subarray(0, asked.length).equals(asked)) {
    const word = /^[a-z]+\n/.exec(output.toString('latin1', asked.length, asked.length + LONGEST_WORD))?.[0];
    if (word !== undefined) return { content: undefined, end: asked.length + word.length };
  }
  const headerEnd = output.indexOf('\n');
  const size = /^[0-9a-f]+ [a-z]+ (\d+)$/.exec(output.toString('utf8', 0, Math.max(headerEnd, 0)))?.[1];
  if (size === undefined) return { content: undefined, end: output.length + 1 };
  const end = headerEnd + 1 + Number(size);
  return { content: output.subarray(headerEnd + 1, end), end: end + 1 };
}
