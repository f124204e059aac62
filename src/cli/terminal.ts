import { isatty } from 'node:tty';

/** The two streams of a command and what they can show. Talk goes to `err`; only results go to `out`. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Both ends are a person's terminal: prompts are allowed. */
  readonly interactive: boolean;
  readonly colour: boolean;
  /** What is talked to can write over a line. */
  readonly live: boolean;
  /** Of a live terminal; it may change at any time. */
  size?(): { readonly columns: number; readonly rows: number };
}

/**
 * Whoever listened is gone: a pusher whose link died, `| head`. What is being done is done to its end all the same.
 * Any other failure of a stream is as bad as it was.
 */
function outliveListener(stream: NodeJS.WriteStream): void {
  if (stream.listenerCount('error') > 0) return;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

/** The streams are opened when something is said, which takes as long as to ask git a question. */
export function processTerminal(environment: NodeJS.ProcessEnv): Terminal {
  const open = (name: 'stdout' | 'stderr') => {
    outliveListener(process[name]);
    return process[name];
  };
  const talksToPerson = isatty(2);
  return {
    out: (text) => open('stdout').write(text),
    err: (text) => open('stderr').write(text),
    interactive: isatty(0) && talksToPerson,
    colour: environment.NO_COLOR === undefined && talksToPerson,
    live: talksToPerson && environment.TERM !== 'dumb',
    size: () => ({ columns: process.stderr.columns ?? 80, rows: process.stderr.rows ?? 24 }),
  };
}
