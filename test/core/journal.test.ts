import { describe, expect, it } from 'vitest';
import { foldJournal, type JournalEntry } from '../../src/core/journal.ts';

const owner = { pid: 1, startTime: '10', bootId: 'a' };
const at = '2026-01-01T00:00:00.000Z';
const plan: JournalEntry<string> = { type: 'plan', at, plan: 'the plan', owner };

describe('a journal', () => {
  it('of no entries says nothing', () => {
    expect(foldJournal([])).toBeUndefined();
  });

  it('knows a step that was begun and not ended', () => {
    const state = foldJournal<string>([plan, { type: 'started', at, step: 'refs' }]);
    expect(state).toMatchObject({ plan: 'the plan', unfinished: 'refs', closed: undefined });
    expect([...(state?.done ?? [])]).toEqual([]);
  });

  it('still holds a failed step for unfinished: what it did is not known', () => {
    const state = foldJournal<string>([
      plan,
      { type: 'started', at, step: 'push' },
      { type: 'failed', at, step: 'push', what: 'rejected' },
    ]);
    expect(state?.unfinished).toBe('push');
  });

  it('remembers every process that worked on it, the last one last', () => {
    const other = { pid: 2, startTime: '20', bootId: 'b' };
    const state = foldJournal<string>([plan, { type: 'resumed', at, owner: other }]);
    expect(state?.owners).toEqual([owner, other]);
  });

  it('is closed once and for all', () => {
    const state = foldJournal<string>([
      plan,
      { type: 'started', at, step: 'refs' },
      { type: 'done', at, step: 'refs' },
      { type: 'closed', at, outcome: 'done' },
    ]);
    expect(state).toMatchObject({ closed: 'done', unfinished: undefined });
    expect([...(state?.done ?? [])]).toEqual(['refs']);
  });
});
