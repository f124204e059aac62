import { describe, expect, it } from 'vitest';
import { foldJournal, type JournalEntry, journalOrigin } from '../../src/core/journal.ts';

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

describe('a journal is understood', () => {
  const frozen = (schema: unknown, kind = 'release') => ({ type: 'plan', plan: { plan: { schema, kind } } });

  it.each([
    ['with no lines', [], 'own'],
    ['of this very shape', [frozen(2), { type: 'started' }], 'own'],
    ['of an older shape, whatever its lines are', [frozen(1), { type: 'sealed' }], 'older'],
    ['of a newer shape', [frozen(3)], 'newer'],
    ['with lines of another kind', [frozen(2), { type: 'paused' }], 'newer'],
    ['with a line that inherits its type', [frozen(2), { type: 'toString' }], 'newer'],
    ['of something else', [frozen(2, 'deploy')], 'newer'],
    ['with a plan without a shape', [frozen('2')], 'newer'],
    ['without a plan first', [{ type: 'started' }], 'newer'],
  ] as const)('%s: %s', (_what, entries, origin) => {
    expect(journalOrigin('release', 2, entries)).toBe(origin);
  });
});
