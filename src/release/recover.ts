import { join } from 'node:path';
import { EXIT, Problem } from '../core/problem.ts';
import type { Git } from '../io/ports.ts';
import type { ReleaseState } from './journal.ts';
import { gitDirOf } from './look-worktrees.ts';
import type { ReleasePorts } from './ports.ts';
import { trackingRef } from './push.ts';
import { releaseMoves } from './refs.ts';

type RecoverPorts = Pick<ReleasePorts, 'git' | 'files' | 'processes' | 'clock' | 'commonDir' | 'report'>;

/** How long a git that outlived its tagship may take to end, in milliseconds: a push runs the remote's hooks. */
const PATIENCE = 120_000;
const PAUSE = 100;

/**
 * Makes a killed release safe to take up: what it started has ended, and the locks that a killed git left are gone.
 * @throws Problem `orphan-running` (exit 7) when something it started does not end.
 */
export async function recover(ports: RecoverPorts, state: ReleaseState): Promise<void> {
  await waitForOrphans(ports, state);
  await removeStaleLocks(ports, state);
}

async function waitForOrphans({ processes, clock, report }: RecoverPorts, { owners }: ReleaseState): Promise<void> {
  const deadline = clock.now().getTime() + PATIENCE;
  const orphans = async () => (await Promise.all(owners.map((owner) => processes.orphansOf(owner)))).flat();
  let running = await orphans();
  if (running.length > 0) {
    const text = `waiting for process ${running.join(', ')}, which the interrupted release started`;
    report({ type: 'note', text });
  }
  while (running.length > 0 && clock.now().getTime() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    running = await orphans();
  }
  if (running.length === 0) return;
  throw new Problem({
    code: 'orphan-running',
    what: `process ${running.join(', ')} of the interrupted release still runs`,
    why: running.map((pid) => `see what it is: ps -fp ${pid}`).join('\n'),
    fix: 'wait for it, then: tagship release continue',
    exit: EXIT.locked,
  });
}

interface Lock {
  readonly path: string;
  /** What our git may have written into it; undefined where the content says nothing about its owner. */
  readonly contents: readonly string[] | undefined;
}

/**
 * A killed git leaves its lock files. One is removed only when the release was about to move what it guards, its
 * content is ours, and no git is at work here; any other is left for git to name.
 */
async function removeStaleLocks(
  { git, files, processes, commonDir, report }: RecoverPorts,
  state: ReleaseState,
): Promise<void> {
  const { details } = state.plan.plan;
  const folders = [...new Set(details.worktrees.map(({ path }) => path))];
  const gitDirs = await Promise.all(folders.map((path) => gitDirOf(files, path, commonDir)));
  const moves = releaseMoves(details, state.plan.objects);
  const locks: Lock[] = [
    ...moves.flatMap(({ name, from, to }) =>
      [name, trackingRef(details, name)].map((ref) => ({
        path: join(commonDir, `${ref}.lock`),
        contents: ['', to, from ?? ''],
      })),
    ),
    ...[details.line.name, trackingRef(details, details.line.name)].map((ref) => ({
      path: join(commonDir, `${ref}.lock`),
      contents: ['', details.line.id],
    })),
    { path: join(commonDir, 'packed-refs.lock'), contents: undefined },
    ...[...new Set(gitDirs)].flatMap((gitDir) => [
      { path: join(gitDir, 'HEAD.lock'), contents: ['', ...moves.flatMap(({ name, to }) => [to, `ref: ${name}`])] },
      { path: join(gitDir, 'index.lock'), contents: undefined },
      // A switch of branches deletes it, since git 2.45 as a ref.
      { path: join(gitDir, 'AUTO_MERGE.lock'), contents: [''] },
    ]),
  ];
  const found = await Promise.all(locks.map(async (lock) => ({ ...lock, text: await files.readText(lock.path) })));
  const stale = found.filter(({ text, contents }) => text !== undefined && (contents?.includes(text.trim()) ?? true));
  if (stale.length === 0 || (await processes.gitRunsIn([...(await worktreeFolders(git)), commonDir]))) return;
  for (const { path } of stale) {
    await files.remove(path);
    report({ type: 'note', text: `removed ${path}, left by a git that was killed` });
  }
}

/** Folders of all worktrees, whatever they have checked out: where a git may be at work. */
async function worktreeFolders(git: Git): Promise<readonly string[]> {
  const listing = await git.run(['worktree', 'list', '--porcelain', '-z']);
  return listing
    .split('\0')
    .flatMap((field) => (field.startsWith('worktree ') ? [field.slice('worktree '.length)] : []));
}
