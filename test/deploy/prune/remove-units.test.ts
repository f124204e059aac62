import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { prune } from '../../../src/deploy/prune/act.ts';
import type { PrunePlan } from '../../../src/deploy/prune/plan-prune.ts';
import { openLocalHost } from '../../../src/io/local-host.ts';
import { hostileTag } from '../../support/hostile.ts';

it('what is forgotten is what is named, whatever tags look like', async () => {
  const tag = fc.tuple(fc.constantFrom('', 'app/', '-/'), hostileTag).map((parts) => parts.join(''));
  const tags = fc.uniqueArray(tag, { minLength: 3, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(tags, async (units) => {
      const state = mkdtempSync(join(tmpdir(), 'tagship-prune-'));
      const folder = (unit: string) => join(state, 'releases', unit);
      for (const unit of units) {
        mkdirSync(folder(unit), { recursive: true });
        writeFileSync(join(folder(unit), 'config.yml'), '');
      }
      const [kept = '', ...gone] = units;
      const details = { host: 'local', state, units: gone, images: [] };
      const plan: PrunePlan = {
        schema: 1,
        kind: 'prune',
        id: 'p',
        title: '',
        createdAt: '',
        steps: [],
        warnings: [],
        details,
      };
      expect((await prune(openLocalHost(process.env), plan, 'production')).units).toEqual(gone);
      expect(units.map((unit) => existsSync(join(folder(unit), 'config.yml')))).toEqual([true, false, false]);
      // Not even a folder that tags shared.
      expect(readdirSync(join(state, 'releases'))).toEqual([kept.includes('/') ? dirname(kept) : kept]);
      expect(readdirSync(state).sort()).toEqual(['lock', 'releases']);
      rmSync(state, { recursive: true });
    }),
    { numRuns: 20 },
  );
});
