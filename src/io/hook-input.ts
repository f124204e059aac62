import { fstatSync, readSync } from 'node:fs';

/**
 * What git gives to a hook on standard input. Undefined when it did not come through: git writes to a pipe, and a
 * terminal, `/dev/null` or a closed descriptor means that something between git and here has taken it away. Waits where
 * it stands: nothing can be done before.
 */
export function readHookInput(): string | undefined {
  input ??= { text: hasHookInput() ? readToEnd() : undefined };
  return input.text;
}

/** It can be read once only; whoever asks again gets the same. */
let input: { readonly text: string | undefined } | undefined;

function hasHookInput(): boolean {
  try {
    const stat = fstatSync(0);
    return stat.isFIFO() || stat.isSocket() || stat.isFile();
  } catch {
    return false;
  }
}

function readToEnd(): string {
  const chunks: Buffer[] = [];
  for (let chunk = readChunk(); chunk.length > 0; chunk = readChunk()) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** Empty at the end. */
function readChunk(): Buffer {
  const buffer = Buffer.allocUnsafe(1 << 16);
  for (;;) {
    try {
      return buffer.subarray(0, readSync(0, buffer));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Windows tells the end of a pipe so.
      if (code === 'EOF') return buffer.subarray(0, 0);
      // A pipe that somebody has set not to wait.
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
}
