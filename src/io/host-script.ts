import { shellJoin } from '../core/shell-quote.ts';

/** The command that runs a script arriving on its standard input. */
export const SCRIPT_COMMAND = 'sh -s';

/** The command that runs a script given as an argument: for one that reads its own standard input. */
export function feedCommand(script: string, args: readonly string[]): string {
  return `sh -c ${shellJoin([script, 'sh', ...args])}`;
}

/**
 * What is sent on standard input, with `$1`, `$2`… set: here they may be more than a command line holds. The shell reads a
 * compound command to its end before it runs any of it, so a link that dies half-way runs nothing; and no command of the
 * script can eat the rest of it as its own input.
 */
export function scriptInput(script: string, args: readonly string[] = []): string {
  return `{\n${shellJoin(['set', '--', ...args])}\n${script}\n} </dev/null\n`;
}

/** Cuts a stream of text into lines, whatever the pieces it arrives in. `end` hands over a last line without newline. */
export function lineSplitter(onLine: (line: string) => void): { push(text: string): void; end(): void } {
  let rest = '';
  return {
    push: (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    },
    end: () => {
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
}
