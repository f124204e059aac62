import { join } from 'node:path';
import { EXIT, Problem } from '../core/problem.ts';
import type { Files, Git } from '../io/ports.ts';
import { shortName } from './branches.ts';
import type { ReleaseDetails } from './plan-types.ts';
import type { RefMove } from './refs.ts';

export type GitIn = (folder: string) => Git;

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
export async function checkWorktrees(gitIn: GitIn, details: ReleaseDetails, moves: readonly RefMove[]): Promise<void> {
  for (const follow of follows(gitIn, details, moves)) {
    await follow.git.try(['update-index', '-q', '--refresh']);
    const answer = await readTree(follow, ['-n']);
    if (answer.exitCode === 0) continue;
    throw new Problem({
      code: 'uncommitted-in-the-way',
      what: `uncommitted changes in ${follow.path} are in files that the release changes`,
      why: answer.stderr.trim(),
      fix: 'commit or stash them there, or switch that worktree to another branch, then release again',
      exit: EXIT.refused,
    });
  }
}

/**
 * Brings the checked-out files to their branch's new commit. Doing it twice does nothing the second time.
 * @param interrupted an earlier attempt may have got part of the way
 */
export async function followBranches(
  gitIn: GitIn,
  files: Files,
  details: ReleaseDetails,
  moves: readonly RefMove[],
  interrupted: boolean,
): Promise<void> {
  for (const follow of follows(gitIn, details, moves)) {
    if (interrupted) await acceptWritten(files, follow);
    await follow.git.try(['update-index', '-q', '--refresh']);
    const answer = await readTree(follow, []);
    if (answer.exitCode === 0) continue;
    throw new Problem({
      code: 'worktree-left-behind',
      what: `the files in ${follow.path} could not be brought to the released commit`,
      why: answer.stderr.trim(),
      fix: `look at git -C ${follow.path} status, move the named files aside, then: tagship release continue`,
      exit: EXIT.resumable,
    });
  }
}

/** `read-tree -m OLD NEW` is what checkout does: it keeps local changes and refuses to lose any (git-read-tree(1)). */
function readTree({ git, from, to }: Follow, flags: readonly string[]) {
  return git.try(['read-tree', '-m', '-u', ...flags, from, to]);
}

/**
 * A git killed while it wrote files leaves some of them new and the index old; those are no changes of the user's. A
 * file that is exactly what the new commit has, or the beginning of it, is taken for written.
 */
async function acceptWritten(files: Files, { git, path, from, to }: Follow): Promise<void> {
  const changed = await git.run(['diff-tree', '-r', '-z', '--no-renames', '--name-only', from, to]);
  for (const name of changed.split('\0').filter((part) => part !== '')) {
    const listing = await git.run(['ls-tree', '-z', to, '--', name]);
    const [, mode, id] = /^(\d{6}) blob ([0-9a-f]+)\t/.exec(listing) ?? [];
    if (mode === undefined || id === undefined) continue;
    const [content] = await git.readObjects([id]);
    const written = await files.readBytes(join(path, name));
    if (content === undefined || !isBeginning(written, content)) continue;
    await git.run(['update-index', '--add', '--cacheinfo', `${mode},${id},${name}`]);
    await git.run(['checkout-index', '--force', '--', name]);
  }
}

function isBeginning(written: Buffer | undefined, content: Buffer): boolean {
  return written === undefined || content.subarray(0, written.length).equals(written);
}

function follows(gitIn: GitIn, { worktrees }: ReleaseDetails, moves: readonly RefMove[]): readonly Follow[] {
  return worktrees.flatMap(({ path, ref }) => {
    const move = moves.find(({ name }) => name === ref);
    return move?.from === undefined ? [] : [{ git: gitIn(path), path, from: move.from, to: move.to }];
  });
}

/**
 * Leaves the finished branch where it is checked out, for develop, or for the bare commit when develop is checked out
 * elsewhere.
 * @throws Problem `worktree-left-behind`
 */
export async function leaveLine(gitIn: GitIn, { worktrees, line, back }: ReleaseDetails): Promise<void> {
  const develop = back[0]?.name;
  const taken = worktrees.some(({ ref }) => ref === develop);
  for (const { path } of worktrees.filter(({ ref }) => ref === line.name)) {
    const git = gitIn(path);
    if ((await git.try(['symbolic-ref', '--quiet', 'HEAD'])).stdout.trim() !== line.name) continue;
    const target = develop === undefined || taken ? ['--detach'] : [shortName(develop)];
    const answer = await git.try(['switch', '--quiet', ...target]);
    if (answer.exitCode === 0) continue;
    throw new Problem({
      code: 'worktree-left-behind',
      what: `${path} could not leave ${shortName(line.name)}`,
      why: answer.stderr.trim(),
      fix: 'move the named files aside, then: tagship release continue',
      exit: EXIT.resumable,
    });
  }
}
