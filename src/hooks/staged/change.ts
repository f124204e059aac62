import { posix } from 'node:path';
import type { ProcessId } from '../../core/journal.ts';
import { EXIT, Problem } from '../../core/problem.ts';
import { isOfNamedFiles } from '../commit-index.ts';
import { blobsByPath } from './blobs-by-path.ts';
import type { StagedPorts } from './ports.ts';

/** What formatting changes of one file. */
export interface FileChange {
  readonly path: string;
  readonly mode: string;
  /** Blob that is staged in the place of the one that was. */
  readonly formatted: string;
  /** Content of the working file before and after, as blobs; not set where the working file stays as it is. */
  readonly working?: { readonly before: string; readonly after: string };
}

/** Written down before anything is changed, so that a run that was killed can be completed. */
export interface UnfinishedChange {
  readonly owner: ProcessId;
  readonly files: readonly FileChange[];
}

export type ChangePorts = Pick<
  StagedPorts,
  'git' | 'files' | 'swapFile' | 'journal' | 'gitDir' | 'environment' | 'root'
>;

/**
 * Puts formatted files into the index and then into the working tree. Every working file is exchanged in one move, and
 * only when it is what it was; its old content is kept in git's objects.
 * @throws Problem `locked` when another run is at it
 */
export async function carryOut(ports: ChangePorts, change: UnfinishedChange): Promise<void> {
  if (!(await ports.journal.begin(change))) throw anotherRun();
  for (const index of indexes(ports)) await stage(ports, index, change.files);
  for (const file of change.files) await exchange(ports, file);
  await ports.journal.remove();
}

/**
 * Completes what a killed run has left: files whose formatted content is staged already get it in the working tree, unless
 * they were edited since. The others are as they were before that run.
 * @param isAlive whether that process still runs
 * @returns whether a run had left anything
 * @throws Problem `locked`
 */
export async function recover(ports: ChangePorts, isAlive: (owner: ProcessId) => boolean): Promise<boolean> {
  const [change] = await ports.journal.read();
  if (change === undefined) return false;
  if (isAlive(change.owner)) throw anotherRun();
  const staged = blobsByPath(await ports.git.run(['ls-files', '-s', '-z']));
  for (const file of change.files) {
    await ports.files.remove(draftOf(ports.root, file.path));
    if (staged.get(file.path) === file.formatted) await exchange(ports, file);
  }
  await ports.journal.remove();
  return true;
}

/** Beside the file, because only there it can take its place in one move. */
const draftOf = (root: string, path: string) => posix.join(root, `${path}.tagship-draft`);

async function exchange({ git, swapFile, root }: ChangePorts, { path, working }: FileChange): Promise<void> {
  if (working === undefined) return;
  const [before, after] = await git.readObjects([working.before, working.after]);
  if (before === undefined || after === undefined) return;
  await swapFile(posix.join(root, path), { before, after, draft: draftOf(root, path) });
}

async function stage({ git, files }: ChangePorts, index: string, changes: readonly FileChange[]): Promise<void> {
  // After an interrupt git has thrown its index away; a new one with our entries alone must not take its place.
  if (!(await files.exists(index))) return;
  const input = changes.map(({ mode, formatted, path }) => `${mode} ${formatted}\t${path}\0`).join('');
  await git.run(['update-index', '-z', '--index-info'], { input, env: { GIT_INDEX_FILE: index } });
}

/**
 * The index that is committed; for `git commit PATH` also the one that git has got ready for afterwards, which otherwise
 * would take the formatting back.
 */
function indexes({ gitDir, environment, root }: ChangePorts): readonly string[] {
  const given = environment.GIT_INDEX_FILE;
  const own = given === undefined ? posix.join(gitDir, 'index') : posix.resolve(root, given);
  return isOfNamedFiles(own) ? [own, posix.join(gitDir, 'index.lock')] : [own];
}

function anotherRun(): Problem {
  return new Problem({
    code: 'locked',
    what: 'another commit is being made in this worktree',
    fix: 'wait for it, then commit again',
    exit: EXIT.locked,
  });
}
