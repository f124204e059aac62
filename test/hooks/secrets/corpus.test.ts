import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runGitleaks } from '../../../src/hooks/secrets/gitleaks.ts';
import { withIsolatedRepository } from '../../../src/hooks/secrets/isolated-repository.ts';
import { markRange } from '../../../src/hooks/secrets/range.ts';
import type { Finding } from '../../../src/hooks/secrets/report.ts';
import { scanCommits } from '../../../src/hooks/secrets/scan-commits.ts';
import { AppRepository } from '../../support/app-repository.ts';
import { gitleaksFolder } from '../../support/secrets/gitleaks.ts';
import { lookAlikes } from '../../support/secrets/look-alikes.ts';
import { plant } from '../../support/secrets/planted.ts';
import { scanPorts } from '../../support/secrets/scanning.ts';
import { Seeded } from '../../support/secrets/seeded.ts';

const seeded = new Seeded(20_261_123);
const planted = plant(seeded, 4);
const harmless = lookAlikes(seeded, 360).map((text, index) => ({ path: `harmless/${index}/file.dart`, text }));
const kinds = new Set(planted.map(({ kind }) => kind));
const gitleaks = gitleaksFolder();

/** What one scanner made of the corpus. */
interface Score {
  readonly found: ReadonlySet<string>;
  readonly falseAlarms: readonly string[];
  readonly recall: number;
  readonly precision: number;
}

interface Scores {
  readonly builtIn: Score;
  readonly other: Score | undefined;
}

function score(findings: readonly Finding[]): Score {
  const found = new Set(findings.map(({ file }) => file).filter((file) => file.startsWith('planted/')));
  const alarms = findings.filter(({ file, severity }) => file.startsWith('harmless/') && severity === 'block');
  const falseAlarms = [...new Set(alarms.map(({ file, rule }) => `${rule}: ${textOf(file)}`))];
  const precision = found.size / (found.size + new Set(alarms.map(({ file }) => file)).size);
  return { found, falseAlarms, recall: found.size / planted.length, precision };
}

const textOf = (file: string) => harmless.find(({ path }) => path === file)?.text;

function missed({ found }: Score) {
  return planted.filter(({ path }) => !found.has(path));
}

let scores: Promise<Scores> | undefined;

/** The corpus is scanned once, by whichever test needs it first. */
function scan(): Promise<Scores> {
  scores ??= scanCorpus();
  return scores;
}

async function scanCorpus(): Promise<Scores> {
  const app = await AppRepository.make({ origin: false });
  for (const { path, text } of [...planted, ...harmless]) {
    await mkdir(dirname(join(app.path, path)), { recursive: true });
    await writeFile(join(app.path, path), text, 'latin1');
  }
  await app.git('add', '-A', '-f');
  await app.git('commit', '-q', '-m', 'feat: corpus');
  const range = { include: [await app.git('rev-parse', 'HEAD')], exclude: [await app.git('rev-parse', 'main')] };
  const builtIn = score((await scanCommits(scanPorts(app.path), range)).findings);
  const other = gitleaks === undefined ? undefined : score(await findingsOfGitleaks(app, gitleaks, range));
  print(builtIn, other);
  return { builtIn, other };
}

describe(`of ${planted.length} planted credentials of ${kinds.size} kinds and ${harmless.length} look-alikes`, () => {
  it('there are at least 150 of at least 40 kinds, and 300 look-alikes', () => {
    expect(planted.length).toBeGreaterThanOrEqual(150);
    expect(kinds.size).toBeGreaterThanOrEqual(40);
    expect(harmless.length).toBeGreaterThanOrEqual(300);
  });

  it('the built-in scanner misses none', async () => {
    const { builtIn } = await scan();
    expect(missed(builtIn).map(({ kind, text }) => `${kind}: ${text}`)).toEqual([]);
  });

  it('the built-in scanner stops at no look-alike', async () => {
    const { builtIn } = await scan();
    expect(builtIn.falseAlarms).toEqual([]);
  });

  it.skipIf(gitleaks === undefined)('it finds at least what gitleaks finds of the kinds that both know', async () => {
    const { builtIn, other } = await scan();
    const shared = planted.filter(({ kind }) => planted.some((one) => one.kind === kind && other?.found.has(one.path)));
    expect(new Set(shared.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(40);
    const recallOf = (scanner: Score | undefined) => shared.filter(({ path }) => scanner?.found.has(path)).length;
    expect(recallOf(builtIn)).toBeGreaterThanOrEqual(recallOf(other));
  });
});

async function findingsOfGitleaks(app: AppRepository, folder: string, range: { include: string[]; exclude: string[] }) {
  const { git, files, programs } = scanPorts(app.path, { gitleaks: folder });
  return withIsolatedRepository(git, files, async (repository) => {
    await markRange(files, repository, range);
    const options = { configuration: undefined, somethingAdded: async () => true };
    const outcome = await runGitleaks(programs, files, repository, options);
    if (outcome === undefined || 'failure' in outcome) throw new Error(`gitleaks: ${outcome?.failure ?? 'not found'}`);
    return outcome.findings;
  });
}

function print(builtIn: Score, other: Score | undefined): void {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`.padStart(9);
  const row = (name: string, { recall, precision, falseAlarms }: Score) =>
    `${name.padEnd(12)}${percent(recall)}${percent(precision)}${String(falseAlarms.length).padStart(14)}`;
  console.log(
    [
      `${planted.length} planted of ${kinds.size} kinds, ${harmless.length} look-alikes`,
      `${''.padEnd(12)}${'recall'.padStart(9)}${'precision'.padStart(11)}${'false alarms'.padStart(14)}`,
      row('built-in', builtIn),
      other === undefined ? 'gitleaks    cannot be had here' : row('gitleaks', other),
      ...(other === undefined
        ? []
        : [`kinds gitleaks misses some of: ${[...new Set(missed(other).map(({ kind }) => kind))].join(', ')}`]),
    ].join('\n'),
  );
}
