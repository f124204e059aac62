import { join } from 'node:path';
import { EXIT, Problem } from '../core/problem.ts';
import { shellQuote } from '../core/shell-quote.ts';
import type { Files, Git } from '../io/ports.ts';
import { shortName } from './branches.ts';
import type { RefMove } from './refs.ts';

export type GitIn = (folder: string) => Git;

export interface WorktreePorts {
  readonly git: Git;
  readonly gitIn: GitIn;
  readonly files: Files;
}

/** A checked-out branch that moves: its files follow, the user's own changes stay. */
interface Follow {
  readonly git: Git;
  readonly path: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Finds out, without touching anything, whether the checked-out files can follow their branch.
 * @throws Problem `uncommitted-in-the-way` when an uncommitted change is in a file that the release changes.
 */
export async function checkWorktrees(ports: WorktreePorts, moves: readonly RefMove[]): Promise<void> {
  for (const follow of await follows(ports, moves)) {
    let answer = await readTree(follow, ['-n']);
    if (answer.exitCode !== 0) {
      await refreshIndex(follow);
      answer = await readTree(follow, ['-n']);
    }
    if (answer.exitCode === 0) continue;
    throw new Problem({
      code: 'uncommitted-in-the-way',
      what: `the files in ${follow.path} cannot follow the release`,
      why: answer.stderr.trim(),
      fix: 'commit or stash what is named, or switch that worktree to another branch, then the same command again',
      exit: EXIT.refused,
    });
  }
}

/**
 * Brings the checked-out files to their branch's new commit. Doing it twice does nothing the second time.
 * @param interrupted an earlier attempt may have got part of the way
 */
export async function followBranches(
  ports: WorktreePorts,
  moves: readonly RefMove[],
  interrupted: boolean,
): Promise<void> {
  for (const follow of await follows(ports, moves)) {
    if (interrupted) await acceptWritten(ports.files, follow);
    await refreshIndex(follow);
    const answer = await readTree(follow, []);
    if (answer.exitCode === 0) continue;
    throw new Problem({
      code: 'worktree-left-behind',
      what: `the files in ${follow.path} could not be brought to the released commit`,
      why: answer.stderr.trim(),
      fix: `look at git -C ${shellQuote(follow.path)} status, move the named files aside, then: tagship release continue`,
      exit: EXIT.resumable,
    });
  }
}

/** `read-tree -m OLD NEW` is what checkout does: it keeps local changes and refuses to lose any (git-read-tree(1)). */
function readTree({ git, from, to }: Follow, flags: readonly string[]) {
  return git.try(['read-tree', '-m', '-u', ...flags, from, to]);
}

/** To a stale index an untouched file whose time changed counts as edited. */
async function refreshIndex({ git }: Pick<Follow, 'git'>): Promise<void> {
  await git.try(['update-index', '-q', '--refresh']);
}

/**
 * A git killed while it wrote files leaves some of them new and the index old; those are no changes of the user's. A
 * file is taken for written when git says that it is what the new commit has, filters applied, or when it is the
 * beginning of that.
 */
async function acceptWritten(files: Files, { git, path, from, to }: Follow): Promise<void> {
  const changed = await git.run(['diff-tree', '-r', '-z', '--no-renames', '--name-only', from, to]);
  for (const name of changed.split('\0').filter((part) => part !== '')) {
    const listing = await git.run(['ls-tree', '-z', to, '--', name]);
    const [, mode, id] = /^(\d{6}) blob ([0-9a-f]+)\t/.exec(listing) ?? [];
    const written = await files.readBytes(join(path, name));
    if (mode === undefined || id === undefined || written === undefined) continue;
    const hash = (await git.try(['hash-object', `--path=${name}`, '--', join(path, name)])).stdout.trim();
    const [content] = await git.readObjects([id]);
    const isBeginning = content !== undefined && written.equals(content.subarray(0, written.length));
    if (hash !== id && !isBeginning) continue;
    await git.run(['update-index', '--add', '--cacheinfo', `${mode},${id},${name}`]);
    await git.run(['checkout-index', '--force', '--', name]);
  }
}

/**
 * The worktrees that have a moving branch checked out now: the user may have switched since the plan was made, and a
 * worktree on another branch is none of the release's business.
 */
async function follows(ports: WorktreePorts, moves: readonly RefMove[]): Promise<readonly Follow[]> {
  const present = await presentWorktrees(
    ports,
    moves.map(({ name }) => name),
  );
  return moves.flatMap(({ name, from, to }) => {
    const path = present.get(name);
    return from === undefined || path === undefined ? [] : [{ git: ports.gitIn(path), path, from, to }];
  });
}

/** Where each of these branches is checked out now, of those that are. */
async function presentWorktrees(
  { git, files }: WorktreePorts,
  branches: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const output = await git.run(['for-each-ref', '--format=%(refname)%00%(worktreepath)%00', ...branches]);
  const found = new Map<string, string>();
  for (const record of output.split('\0\n')) {
    const [name, path] = record.split('\0');
    // A worktree whose folder was deleted is still listed.
    if (name && path && branches.includes(name) && (await files.exists(path))) found.set(name, path);
  }
  return found;
}

/**
 * Leaves a branch where it is checked out, for the next one, or for the bare commit when that is checked out elsewhere.
 * @throws Problem `worktree-left-behind`
 */
export async function leaveLine(ports: WorktreePorts, line: string, next: string | undefined): Promise<void> {
  const present = await presentWorktrees(ports, [line, ...(next === undefined ? [] : [next])]);
  const path = present.get(line);
  if (path === undefined) return;
  const target = next === undefined || present.has(next) ? ['--detach'] : [shortName(next)];
  const answer = await ports.gitIn(path).try(['switch', '--quiet', ...target]);
  if (answer.exitCode === 0) return;
  throw new Problem({
    code: 'worktree-left-behind',
    what: `${path} could not leave ${shortName(line)}`,
    why: answer.stderr.trim(),
    fix: 'move the named files aside, then: tagship release continue',
    exit: EXIT.resumable,
  });
}
