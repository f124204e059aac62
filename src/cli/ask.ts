import { createInterface } from 'node:readline/promises';
import type { Context } from './command.ts';

/** Asks a yes-or-no question, yes by default. Without a person at both ends the answer is yes: the command was typed. */
export async function confirm({ terminal, signal }: Context, question: string): Promise<boolean> {
  if (!terminal.interactive) return true;
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(`${question} [Y/n] `, { signal });
    return !/^\s*n/i.test(answer);
  } finally {
    prompt.close();
  }
}
