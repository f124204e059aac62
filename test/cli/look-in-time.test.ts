import { describe, expect, it } from 'vitest';
import { lookInTime } from '../../src/cli/look-in-time.ts';
import type { Host } from '../../src/io/ports.ts';
import { environmentOf } from '../support/deploy-facts.ts';

/** A host on which the look never ends by itself. */
const frozen: Host = {
  name: 'pi@192.0.2.1',
  run: (_script, { signal } = {}) =>
    new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
  feed: () => Promise.reject(new Error('a look feeds nothing')),
  attach: () => Promise.reject(new Error('a look attaches nothing')),
  close: async () => {},
};

describe('a look at a host that has frozen', () => {
  it('is given up after a while, as refused', async () => {
    const look = lookInTime(frozen, environmentOf(), 'status', new AbortController().signal, 50);
    await expect(look).rejects.toMatchObject({ code: 'look-timeout', exit: 3 });
  });

  it('is broken off at once by Ctrl-C, and that is no fault of the host', async () => {
    const interrupted = new AbortController();
    const look = lookInTime(frozen, environmentOf(), 'status', interrupted.signal, 60_000);
    interrupted.abort();
    await expect(look).rejects.toBe(interrupted.signal.reason);
  });
});
