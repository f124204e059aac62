/** The two streams of a command and what they can show. Talk goes to `err`; only results go to `out`. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Both ends are a person's terminal: prompts are allowed. */
  readonly interactive: boolean;
  readonly colour: boolean;
}

export function processTerminal(environment: NodeJS.ProcessEnv): Terminal {
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    interactive: Boolean(process.stdin.isTTY && process.stderr.isTTY),
    colour: environment.NO_COLOR === undefined && Boolean(process.stderr.isTTY),
  };
}
