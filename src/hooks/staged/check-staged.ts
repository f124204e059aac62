import { join } from 'node:path';
import type { ChecksConfig } from '../../config/schema.ts';
import type { ProcessId } from '../../core/journal.ts';
import { EXIT, Problem, refuseIfAny } from '../../core/problem.ts';
import { blobsByPath } from './blobs-by-path.ts';
import { carryOut, recover } from './change.ts';
import { analyzes, type Judged, judge } from './judge.ts';
import { planChange } from './plan-change.ts';
import type { StagedPorts } from './ports.ts';
import { parseStatus, STATUS, type StatusEntry, stagedDartFiles } from './status.ts';
import { interrupted } from './tools.ts';

export interface StagedVerdict {
  /** How many Dart files were looked at. */
  readonly files: number;
  /** Those that were formatted and staged again. */
  readonly formatted: readonly string[];
  /** Of these, the ones whose working file was left alone because its unstaged changes are in the way. */
  readonly untouched: readonly string[];
}

/** Who runs, and who still does. */
export interface Processes {
  readonly own: ProcessId;
  readonly isAlive: (owner: ProcessId) => boolean;
}

/**
 * Judges what is staged, as it is staged: formats and analyses the Dart files, searches everything for credentials. When it
 * refuses, nothing has changed; otherwise formatted files are staged.
 * @throws Problem or Refusals: `format-failed`, `analysis-failed`, `secrets-found`, `nothing-left`, `sdk-missing`…
 */
export async function checkStaged(
  ports: StagedPorts,
  checks: ChecksConfig,
  { own, isAlive }: Processes,
): Promise<StagedVerdict> {
  const { git, files, report, signal } = ports;
  if (await recover(ports, isAlive)) {
    report({ type: 'note', text: '  completed what an earlier commit had begun when it was killed' });
  }
  const entries = parseStatus(await git.run([...STATUS]));
  const dart = await withoutMerged(ports, stagedDartFiles(entries));
  const looks = dart.length > 0 && (checks.format !== false || analyzes(checks));
  const nothing: Judged = { formatted: [], emptied: false };
  const [judged, secret] = await Promise.all([
    settle(looks ? judge(ports, checks, entries, dart) : Promise.resolve(nothing)),
    settle(checks.secrets ? ports.scanSecrets() : Promise.resolve(undefined)),
  ]);
  refuseIfAny([...problemsOf(judged), ...problemsOf(secret), ...(secret.value === undefined ? [] : [secret.value])]);
  const { formatted, emptied } = judged.value ?? nothing;
  if (emptied) throw nothingLeft(formatted.map(({ path }) => path));
  const plan = await planChange(git, files, formatted);
  if (signal.aborted) throw interrupted();
  if (plan.files.length > 0) await carryOut(ports, { owner: own, files: plan.files });
  return { files: dart.length, formatted: plan.files.map(({ path }) => path), untouched: plan.untouched };
}

/** What the other side of a merge brings as it is was judged when it was committed. */
async function withoutMerged(
  { git, files, gitDir }: StagedPorts,
  dart: readonly StatusEntry[],
): Promise<readonly StatusEntry[]> {
  const heads = (await files.readText(join(gitDir, 'MERGE_HEAD')))?.split('\n').filter(Boolean) ?? [];
  if (dart.length === 0 || heads.length === 0) return dart;
  const theirs = await Promise.all(
    heads.map(async (head) => blobsByPath(await git.run(['ls-tree', '-r', '-z', head]))),
  );
  return dart.filter(({ path, stagedId }) => theirs.every((tree) => tree.get(path) !== stagedId));
}

function nothingLeft(paths: readonly string[]): Problem {
  return new Problem({
    code: 'nothing-left',
    what: 'once it is formatted, what is staged is what HEAD has already; nothing has changed',
    why: paths.join('\n'),
    fix: 'git restore --staged . (or git commit --no-verify, to commit it as it is)',
    exit: EXIT.refused,
  });
}

interface Settled<T> {
  readonly value?: T;
  readonly error?: unknown;
}

/** Of two that run at the same time both are heard to their end. */
function settle<T>(work: Promise<T>): Promise<Settled<T>> {
  return work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

function problemsOf({ error }: Settled<unknown>): readonly Problem[] {
  if (error === undefined) return [];
  if (error instanceof Problem) return [error];
  throw error;
}
