import { interrupted } from '../deploy/act.ts';

/** What a Ctrl-C broke off, as the problem it is told as; every other error as it is. */
export function orInterrupted(error: unknown, signal: AbortSignal): unknown {
  const isBrokenOff = error === signal.reason || (error instanceof Error && error.name === 'AbortError');
  return signal.aborted && isBrokenOff ? interrupted() : error;
}
