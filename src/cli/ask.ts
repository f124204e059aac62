import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { EXIT, type ExitCode, Problem } from '../core/problem.ts';
import { Secret } from '../core/secret.ts';
import type { Context } from './command.ts';

type Asking = Pick<Context, 'terminal' | 'signal'>;

/**
 * Asks a yes-or-no question. Enter means `enter`, y and yes mean yes, anything else no. Without a person at both ends the
 * answer is yes: the command was typed.
 * @throws Problem `interrupted` by Ctrl-C and by the end of the input
 */
export async function confirm(asking: Asking, question: string, enter: 'yes' | 'no' = 'yes'): Promise<boolean> {
  if (!asking.terminal.interactive) return true;
  const answer = await ask(asking, `${question} ${enter === 'yes' ? '[Y/n]' : '[y/N]'} `, 'seen');
  return /^\s*$/.test(answer) ? enter === 'yes' : /^\s*(y|yes)\s*$/i.test(answer);
}

/** What a command ends with that was answered no. */
export function declined({ terminal, json }: Pick<Context, 'terminal' | 'json'>): ExitCode {
  terminal.err('nothing was done\n');
  if (json) terminal.out(`${JSON.stringify({ outcome: 'declined', exit: EXIT.refused })}\n`);
  return EXIT.refused;
}

/** Asks for what must not be seen. @throws Problem `interrupted` */
export async function askSecret(asking: Asking, question: string): Promise<Secret> {
  const answer = await ask(asking, question, 'unseen');
  asking.terminal.err('\n');
  return new Secret(answer);
}

type Typed = 'seen' | 'unseen';

/** There is one terminal: who asks first is answered first. */
let asked: Promise<unknown> = Promise.resolve();

function ask(asking: Asking, question: string, typed: Typed): Promise<string> {
  const answer = asked.then(() => askNow(asking, question, typed));
  asked = answer.catch(() => {});
  return answer;
}

async function askNow({ terminal, signal }: Asking, question: string, typed: Typed): Promise<string> {
  const output = typed === 'seen' ? process.stderr : new Writable({ write: (_chunk, _encoding, done) => done() });
  const prompt = createInterface({ input: process.stdin, output, terminal: true });
  // Only now does the terminal show nothing of what is typed: whoever answers at once must not be seen, either.
  if (typed === 'unseen') terminal.err(question);
  try {
    const answer = await new Promise<string | undefined>((resolve) => {
      prompt.question(question, resolve);
      for (const event of ['SIGINT', 'close']) prompt.once(event, () => resolve(undefined));
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    if (answer !== undefined) return answer;
    terminal.err('\n');
    throw new Problem({
      code: 'interrupted',
      what: 'interrupted: nothing has changed',
      fix: 'run the same command again (with --yes it does not ask)',
      exit: EXIT.interrupted,
    });
  } finally {
    prompt.close();
  }
}
