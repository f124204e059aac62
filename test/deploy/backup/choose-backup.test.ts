import { describe, expect, it } from 'vitest';
import { Problem } from '../../../src/core/problem.ts';
import { chooseBackup } from '../../../src/deploy/backup/choose-backup.ts';
import { parseBackups } from '../../../src/deploy/backup/look-backups.ts';
import type { RunRecord } from '../../../src/deploy/run.ts';
import { deployFacts, environmentOf, record, requestFor } from '../../support/deploy-facts.ts';

const at = (hour: number) => `2026-01-01T${String(hour).padStart(2, '0')}:00:00Z`;
const deployed = (tag: string, digit: string, hour: number): RunRecord => ({
  ...record(tag, digit),
  startedAt: at(hour),
  result: { images: [], changedAt: at(hour) },
});

/** v0.1.0 served from 1 to 3, v0.2.0 to 5, v0.3.0 serves. */
const HISTORY = [deployed('v0.1.0', '1', 1), deployed('v0.2.0', '2', 3), deployed('v0.3.0', '3', 5)];

function chosen(hours: readonly number[], wanted: { tag?: string; backup?: string } = {}, folder = 'daily') {
  const list = hours.map((hour) => ({
    path: `/backups/${folder}/at-${hour}.tar.gz`,
    made: Date.parse(at(hour)) / 1000,
  }));
  const backups = { now: Date.parse(at(9)) / 1000, list: list.toReversed() };
  const clone = { ...deployFacts().clone, head: '3'.repeat(40) } as ReturnType<typeof deployFacts>['clone'];
  const facts = { ...deployFacts(), clone, history: HISTORY };
  const request = { ...requestFor('rollback'), method: 'backup' as const, ...wanted };
  const result = chooseBackup(facts, backups, request, environmentOf(), 'v{version}');
  return result instanceof Problem ? result.code : `${result.target.tag} from ${result.backup.path.split('/').at(-1)}`;
}

describe('the backup that is restored', () => {
  it.each([
    ['the newest made while the release before the present one served', [2, 4, 6, 8], {}, 'v0.2.0 from at-4.tar.gz'],
    ['of several the newest', [3, 4, 5], {}, 'v0.2.0 from at-5.tar.gz'],
    ['of another release by its tag', [2, 4, 6], { tag: 'v0.1.0' }, 'v0.1.0 from at-2.tar.gz'],
    ['none of another time', [2, 6], {}, 'no-backup'],
    ['none at all', [], {}, 'no-backup'],
    ['by name, with the release that served then', [2, 6], { backup: 'at-6.tar.gz' }, 'v0.3.0 from at-6.tar.gz'],
    [
      'by name, with the release that was replaced in that second',
      [3],
      { backup: 'at-3.tar.gz' },
      'v0.1.0 from at-3.tar.gz',
    ],
    ['none that was made before the release took over, be it in that second', [3], {}, 'no-backup'],
    ['by path', [2, 6], { backup: '/backups/daily/at-2.tar.gz' }, 'v0.1.0 from at-2.tar.gz'],
    ['not of another release than is asked for', [2], { backup: 'at-2.tar.gz', tag: 'v0.2.0' }, 'backup-of-another'],
    ['not by a part of its name', [2], { backup: '2.tar.gz' }, 'no-backup'],
    ['never of a time that nobody knows the release of', [0], { backup: 'at-0.tar.gz' }, 'backup-before-history'],
    ['of no release that never served', [2], { tag: 'v0.9.0' }, 'never-deployed'],
  ] as const)('is %s', (_which, hours, wanted, expected) => {
    expect(chosen(hours, wanted)).toBe(expected);
  });

  it('is never by itself one that a restore saved', () => {
    expect(chosen([4], {}, 'before_restore')).toBe('no-backup');
    expect(chosen([4], { backup: 'at-4.tar.gz' }, 'before_restore')).toBe('v0.2.0 from at-4.tar.gz');
  });
});

describe('the list of backups', () => {
  it('is read by line, the newest first, whatever else is said', () => {
    expect(
      parseBackups('now 90\nsome words\nbackup 10 /b/old.tar.gz\nbackup x /b/no.tar.gz\nbackup 80 /b/new.tar.gz\n'),
    ).toEqual({
      now: 90,
      list: [
        { path: '/b/new.tar.gz', made: 80 },
        { path: '/b/old.tar.gz', made: 10 },
      ],
    });
  });
});
