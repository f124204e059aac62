import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/core/events.ts';
import { ToyHost, toyStep } from '../support/toy-run.ts';

const ask = (what: string, script = 'true') => ({ ...toyStep('tcp', 'change', script), title: `ask ${what}` });

const titlesOf = (events: readonly RunEvent[]) =>
  events.flatMap((event) => ('title' in event ? [`${event.type.replace('step-', '')}: ${event.title}`] : []));

describe('checks of one kind', () => {
  it('are told each by its own title', async () => {
    const toy = new ToyHost();
    const { events } = await toy.carryOut(toy.plan({ forward: [ask('5432'), ask('6379'), ask('8080')] }));
    expect(titlesOf(events)).toEqual(
      ['5432', '6379', '8080'].flatMap((port) => [`started: ask ${port}`, `done: ask ${port}`]),
    );
  });

  it('are told as the one that failed, and on a way back that is tried once more from the first on', async () => {
    const toy = new ToyHost();
    const once = '[ -e tried ] || { touch tried; exit 1; }';
    const plan = toy.plan({
      forward: [ask('one'), ask('two', 'exit 1')],
      revert: [ask('one again'), ask('two again', once)],
    });
    const { events, failed } = await toy.carryOut(plan);
    expect(failed?.title).toBe('ask two');
    expect(titlesOf(events).slice(2)).toEqual([
      'started: ask two',
      'failed: ask two',
      'started: ask one again',
      'done: ask one again',
      'started: ask two again',
      'failed: ask two again',
      'started: ask one again',
      'done: ask one again',
      'started: ask two again',
      'done: ask two again',
    ]);
  });
});
