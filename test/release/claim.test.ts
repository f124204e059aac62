import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { ProcessId } from '../../src/core/journal.ts';
import { journalFile } from '../../src/io/journal-file.ts';
import { type Claim, claimed } from '../../src/release/claim.ts';
import type { Processes } from '../../src/release/journal.ts';

const named = (pid: number): ProcessId => ({ pid, startTime: '1', bootId: 'a' });
const DEAD = named(1);

const processes = (own: ProcessId): Processes => ({
  own: () => own,
  isAlive: ({ pid }) => pid !== DEAD.pid,
  orphansOf: async () => [],
  gitRunsIn: async () => false,
});

function emptyClaim(): Claim {
  const folder = mkdtempSync(join(tmpdir(), 'tagship-claim-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return { holder: journalFile(join(folder, 'claim')), heir: journalFile(join(folder, 'heir')) };
}

it('a claim is held while the work is done, and no longer', async () => {
  const claim = emptyClaim();
  const other = () => claimed(claim, processes(named(3)), async () => 'done');
  await claimed(claim, processes(named(2)), async () => {
    await expect(other()).rejects.toMatchObject({ code: 'release-claimed', exit: 7 });
  });
  expect(await other()).toBe('done');
});

it("what is left of the dead is in nobody's way", async () => {
  const claim = emptyClaim();
  await claim.holder.begin(DEAD);
  await claim.heir.begin(DEAD);
  expect(await claimed(claim, processes(named(2)), async () => 'done')).toBe('done');
  expect([await claim.holder.read(), await claim.heir.read()]).toEqual([[], []]);
});

it('of two that find a claim dead at the same moment one goes on', async () => {
  const claim = emptyClaim();
  await claim.holder.begin(DEAD);
  const told: string[] = [];
  let finish = () => {};
  const finished = new Promise<void>((resolve) => (finish = resolve));
  // The quicker one comes in right after the dead one was read, and works for as long as it can.
  const read = async () => {
    const found = await claim.holder.read();
    await new Promise<void>((resolve) => {
      const work = () => {
        told.push('quicker');
        resolve();
        return finished;
      };
      claimed(claim, processes(named(3)), work).catch(() => resolve());
    });
    return found;
  };
  const slower = { ...claim, holder: { ...claim.holder, read } };
  await claimed(slower, processes(named(2)), async () => told.push('slower')).catch(() => {});
  finish();
  expect(told).toHaveLength(1);
});
