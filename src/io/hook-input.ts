import { fstatSync } from 'node:fs';
import { text } from 'node:stream/consumers';

/**
 * What git gives to a hook on standard input. Undefined when it did not come through: git writes to a pipe, and a
 * terminal, `/dev/null` or a closed descriptor means that something between git and here has taken it away.
 */
export async function readHookInput(): Promise<string | undefined> {
  reading ??= hasHookInput() ? text(process.stdin) : Promise.resolve(undefined);
  return reading;
}

/** It can be read once only; whoever asks again gets the same. */
let reading: Promise<string | undefined> | undefined;

function hasHookInput(): boolean {
  try {
    const stat = fstatSync(0);
    return stat.isFIFO() || stat.isSocket() || stat.isFile();
  } catch {
    return false;
  }
}
