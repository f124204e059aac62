import { createInterface } from 'node:readline';
import { EXIT, Problem } from '../core/problem.ts';
import type { Context } from './command.ts';

/**
 * Asks a yes-or-no question. Enter, y and yes mean yes, anything else no. Without a person at both ends the answer is
 * yes: the command was typed.
 * @throws Problem `interrupted` by Ctrl-C and by the end of the input
 */
export async function confirm({ terminal, signal }: Context, question: string): Promise<boolean> {
  if (!terminal.interactive) return true;
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await new Promise<string | undefined>((resolve) => {
      prompt.question(`${question} [Y/n] `, resolve);
      for (const event of ['SIGINT', 'close']) prompt.once(event, () => resolve(undefined));
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    if (answer !== undefined) return /^\s*(y|yes)?\s*$/i.test(answer);
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
