import { format, inspect } from 'node:util';
import { expect, it } from 'vitest';
import { Secret } from '../../src/core/secret.ts';

it('a secret is redacted wherever it is printed, and revealed only when asked for', () => {
  const secret = new Secret('hunter2');
  const printed = [
    String(secret),
    `${secret}`,
    JSON.stringify({ secret }),
    inspect({ secret }),
    format('%s %o', secret, secret),
  ];
  for (const text of printed) expect(text).not.toContain('hunter2');
  expect(printed[0]).toBe('[redacted]');
  expect(secret.reveal()).toBe('hunter2');
});
