import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { prune } from '../../../src/deploy/prune/act.ts';
import type { PrunePlan } from '../../../src/deploy/prune/plan-prune.ts';
import { openLocalHost } from '../../../src/io/local-host.ts';
import { hostileTag } from '../../support/hostile.ts';

const planOf = (state: string, units: readonly string[], lastRun?: string): PrunePlan => ({
  schema: 1,
  kind: 'prune',
  id: 'p',
  title: '',
  createdAt: '',
  steps: [],
  warnings: [],
  details: { host: 'local', state, lastRun, units, images: [] },
});

it('nothing is forgotten once another run has begun: it may have gone back to just that', async () => {
  const state = mkdtempSync(join(tmpdir(), 'tagship-prune-'));
  onTestFinished(() => rmSync(state, { recursive: true }));
  mkdirSync(join(state, 'releases/v0.1.0'), { recursive: true });
  const opened = (run: string) => `{"run":"${run}","at":"2026-01-01T00:00:00Z","type":"opened"}\n`;
  writeFileSync(join(state, 'journal.jsonl'), `${opened('run-1')}${opened('run-2')}`);
  const local = openLocalHost(process.env);
  await expect(prune(local, planOf(state, ['v0.1.0'], 'run-1'), 'production')).rejects.toMatchObject({
    code: 'prune-overtaken',
    exit: 3,
  });
  expect(existsSync(join(state, 'releases/v0.1.0'))).toBe(true);
  expect((await prune(local, planOf(state, ['v0.1.0'], 'run-2'), 'production')).units).toEqual(['v0.1.0']);
});

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
      expect((await prune(openLocalHost(process.env), planOf(state, gone), 'production')).units).toEqual(gone);
      expect(units.map((unit) => existsSync(join(folder(unit), 'config.yml')))).toEqual([true, false, false]);
      // Not even a folder that tags shared.
      expect(readdirSync(join(state, 'releases'))).toEqual([kept.includes('/') ? dirname(kept) : kept]);
      expect(readdirSync(state).sort()).toEqual(['lock', 'releases']);
      rmSync(state, { recursive: true });
    }),
    { numRuns: 20 },
  );
});
