import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { journalFile } from '../../src/io/journal-file.ts';

function emptyJournal() {
  const folder = mkdtempSync(join(tmpdir(), 'tagship-journal-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return journalFile<{ n: number | string }>(join(folder, 'deep', 'release.jsonl'));
}

it('a journal that is not there has no entries', async () => {
  expect(await emptyJournal().read()).toEqual([]);
});

it('entries come back in order', async () => {
  const journal = emptyJournal();
  await journal.begin({ n: 1 });
  await journal.append({ n: 'é\n2' });
  expect(await journal.read()).toEqual([{ n: 1 }, { n: 'é\n2' }]);
});

it('of several that begin at once exactly one does', async () => {
  const journal = emptyJournal();
  expect(await journal.begin({ n: 1 })).toBe(true);
  expect(await journal.begin({ n: 2 })).toBe(false);
  expect(await journal.read()).toEqual([{ n: 1 }]);
});

it('a line torn by a crash is no entry, and the next one replaces it', async () => {
  const journal = emptyJournal();
  await journal.begin({ n: 1 });
  appendFileSync(journal.path, '{"n":"torn é');
  expect(await journal.read()).toEqual([{ n: 1 }]);
  await journal.append({ n: 2 });
  expect(await journal.read()).toEqual([{ n: 1 }, { n: 2 }]);
});

it('an archived journal makes room and is kept', async () => {
  const journal = emptyJournal();
  await journal.begin({ n: 1 });
  await journal.archive();
  expect(await journal.read()).toEqual([]);
  expect(readFileSync(journal.path.replace('.jsonl', '.last.jsonl'), 'utf8')).toBe('{"n":1}\n');
  expect(await journal.begin({ n: 2 })).toBe(true);
});

it('a journal moves to where there is none, and stays where there is one', async () => {
  const [journal, other] = [emptyJournal(), emptyJournal()];
  await journal.begin({ n: 1 });
  expect(await journal.moveTo(other.path)).toBe(true);
  expect([await journal.read(), await other.read()]).toEqual([[], [{ n: 1 }]]);
  await journal.begin({ n: 2 });
  expect(await other.moveTo(journal.path)).toBe(false);
  expect([await journal.read(), await other.read()]).toEqual([[{ n: 2 }], [{ n: 1 }]]);
});
