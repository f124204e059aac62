import { expect, it } from 'vitest';
import { outcomeWords } from '../../src/cli/history.ts';
import { record } from '../support/deploy-facts.ts';

it('a host that was let go is not said to be so because another failed: whoever led them may have left', () => {
  const { previous } = record('v0.1.0');
  expect(outcomeWords({ outcome: 'failed', failedStep: 'hold', previous })).toBe('let go before any change');
});
