import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BROKEN_RELEASES } from '../support/broken/broken-releases.ts';
import { headOf } from '../support/broken/page.ts';

const rows = readFileSync(new URL('../../docs/broken-releases.md', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| **'));

describe('the page of releases that do not come up', () => {
  it('has a row for every one that is tried, and no other', () => {
    expect(rows.map((row) => BROKEN_RELEASES.find((release) => row.startsWith(headOf(release)))?.name)).toEqual(
      BROKEN_RELEASES.map(({ name }) => name),
    );
  });

  it.each(BROKEN_RELEASES.map((release) => [release.name, release] as const))(
    '%s: says how it ends, and what is told',
    (_name, release) => {
      const row = rows.find((line) => line.startsWith(headOf(release))) ?? '';
      const [, , outcome, exit, unanswered, another, told = ''] = row.split(' | ').map((cell) => cell.trim());
      expect([outcome, exit]).toEqual(release.exit === 3 ? ['failed', '3'] : ['rolled back', '5']);
      if (release.exit === 3) expect([unanswered, another]).toEqual(['0', '0']);
      expect(told).toContain(release.says);
    },
  );
});
