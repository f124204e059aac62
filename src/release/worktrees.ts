import { EXIT, Problem } from '../core/problem.ts';
import type { Git } from '../io/ports.ts';
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
    const answer = await readTree(follow, ['-n']);
    if (answer.exitCode === 0) continue;
    throw new Problem({
      code: 'uncommitted-in-the-way',
      what: `uncommitted changes in ${follow.path} are in files that the release changes`,
      why: answer.stderr.trim(),
      fix: `commit or stash them there, or switch that worktree to another branch, then release again`,
      exit: EXIT.refused,
    });
  }
}

/** Brings the checked-out files to their branch's new commit. Doing it twice does nothing the second time. */
export async function followBranches(gitIn: GitIn, details: ReleaseDetails, moves: readonly RefMove[]): Promise<void> {
  for (const follow of follows(gitIn, details, moves)) {
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
async function readTree({ git, from, to }: Follow, flags: readonly string[]) {
  await git.try(['update-index', '-q', '--refresh']);
  return git.try(['read-tree', '-m', '-u', ...flags, from, to]);
}

function follows(gitIn: GitIn, { worktrees }: ReleaseDetails, moves: readonly RefMove[]): readonly Follow[] {
  return worktrees.flatMap(({ path, ref }) => {
    const move = moves.find(({ name }) => name === ref);
    return move?.from === undefined ? [] : [{ git: gitIn(path), path, from: move.from, to: move.to }];
  });
}
