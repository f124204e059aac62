import { beforeEach } from 'vitest';
import { giveUpWhenOver } from './give-up-when-over.ts';
import { isLate } from './time-left.ts';

// What hangs leaves some minutes of the reserve for what comes last.
giveUpWhenOver(3 * 60);

// For every test file: on a machine that is too slow for all of them, the last ones are skipped, and counted as that.
beforeEach((context) => {
  if (!isLate()) return;
  console.warn(`SKIPPED, the time is up: ${context.task.name}`);
  context.skip('the time is up');
});
