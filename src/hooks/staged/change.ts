import { posix } from 'node:path';
import type { ProcessId } from '../../core/journal.ts';
import { EXIT, Problem } from '../../core/problem.ts';
import { isOfNamedFiles } from '../commit-index.ts';
import { folderOf } from '../gates/packages.ts';
import { foldersUp } from '../gates/toolchain.ts';
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
  for (const index of indexes(ports)) await unstageDrafts(ports, index, change.files);
  for (const file of change.files) {
    if (await isBehindLink(ports, file.path)) continue;
    await ports.files.remove(posix.join(ports.root, draftOf(file.path)));
    if (staged.get(file.path) === file.formatted) await exchange(ports, file);
  }
  await ports.journal.remove();
  return true;
}

/** Beside the file, because only there it can take its place in one move. */
const draftOf = (path: string) => `${path}.tagship-draft`;

/** Whether a folder above the file is a link by now: what it leads to is no part of the working tree. */
async function isBehindLink({ files, root }: ChangePorts, path: string): Promise<boolean> {
  // The last is the root, which may be reached by whatever way.
  const folders = foldersUp(folderOf(path)).slice(0, -1);
  const links = await Promise.all(folders.map((folder) => files.linkText(posix.join(root, folder))));
  return links.some((text) => text !== undefined);
}

async function exchange(ports: ChangePorts, { path, working }: FileChange): Promise<void> {
  const { git, swapFile, root } = ports;
  if (working === undefined || (await isBehindLink(ports, path))) return;
  const [before, after] = await git.readObjects([working.before, working.after]);
  if (before === undefined || after === undefined) return;
  await swapFile(posix.join(root, path), { before, after, draft: posix.join(root, draftOf(path)) });
}

/** A draft that a killed run has left may have been staged with everything else. */
async function unstageDrafts({ git, files }: ChangePorts, index: string, changes: readonly FileChange[]) {
  if (!(await files.exists(index))) return;
  const env = { GIT_INDEX_FILE: index };
  const staged = blobsByPath(await git.run(['ls-files', '-s', '-z'], { env }));
  const drafts = changes.map(({ path }) => draftOf(path)).filter((path) => staged.has(path));
  // No index is written for nothing: it may be locked.
  if (drafts.length === 0) return;
  const input = drafts.map((path) => `${path}\0`).join('');
  await git.run(['update-index', '--force-remove', '-z', '--stdin'], { input, env });
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
