import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteAnywhere, shellJoin, shellQuote } from '../../src/core/shell-quote.ts';

/** What a real shell makes of a line of words: each word again, with a NUL after it. */
function wordsOf(line: string): string[] {
  const { stdout } = spawnSync('sh', ['-s'], { input: `set -- ${line}\n[ $# -eq 0 ] || printf '%s\\0' "$@"\n` });
  return stdout.toString('utf8').split('\0').slice(0, -1);
}

describe('shell quoting', () => {
  it('leaves plain words readable', () => {
    expect(shellJoin(['docker', 'compose', '/opt/app', 'v0.3.0'])).toBe('docker compose /opt/app v0.3.0');
  });

  it('makes every text one word again in a real shell', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({
        unit: fc.constantFrom("'", '"', '\\', '$', '`', '\n', ' ', '-', '~', '#', '*', '!', '=', '(', ';', '&', 'a'),
      }),
    );
    const words = fc.array(
      text.filter((word) => !word.includes('\0')),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(words, (list) => {
        expect(wordsOf(shellJoin(list))).toEqual(list);
        expect(wordsOf(list.map(quoteAnywhere).join(' '))).toEqual(list);
      }),
      { numRuns: 300 },
    );
  });

  it('refuses a NUL byte, which no argument can hold', () => {
    expect(() => shellQuote('a\0b')).toThrow(RangeError);
  });
});
