import { join } from 'node:path';
import { EXIT, Problem } from '../core/problem.ts';
import { shellQuote } from '../core/shell-quote.ts';
import type { Files, Git, GitResult } from '../io/ports.ts';
import { checkedOut } from './checked-out.ts';
import type { ReleaseDetails } from './plan-types.ts';
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
  /** Full name of the branch. */
  readonly name: string;
  readonly path: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Finds out, without touching anything, whether the checked-out files can follow their branch.
 * @param worktrees where the moving branches were checked out when the release was planned
 * @throws Problem `uncommitted-in-the-way` when an uncommitted change is in a file that the release changes.
 */
export async function checkWorktrees(
  ports: WorktreePorts,
  moves: readonly RefMove[],
  worktrees: ReleaseDetails['worktrees'],
): Promise<void> {
  for (const follow of await followsTo(ports, moves, worktrees)) {
    const answers = await readTree(follow, ['-n']);
    if (succeeded(answers)) continue;
    // The user may have switched since, and what is there now is in nobody's way.
    const [present] = await follows(
      ports,
      moves.filter(({ name }) => name === follow.name),
    );
    if (present?.path !== follow.path) continue;
    throw new Problem({
      code: 'uncommitted-in-the-way',
      what: `the files in ${follow.path} cannot follow the release`,
      why: answers.at(-1)?.stderr.trim() ?? '',
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
    const answers = await readTree(follow, []);
    if (succeeded(answers)) continue;
    throw new Problem({
      code: 'worktree-left-behind',
      what: `the files in ${follow.path} could not be brought to the released commit`,
      // The second attempt may fail for what the first has written already.
      why: answers[0].stderr.trim(),
      fix: `look at git -C ${shellQuote(follow.path)} status, move the named files aside, then: tagship release continue`,
      exit: EXIT.resumable,
    });
  }
}

/**
 * `read-tree -m OLD NEW` is what checkout does: it keeps local changes and refuses to lose any (git-read-tree(1)). To a
 * stale index an untouched file whose time changed counts as edited, so what is refused is tried again with a fresh one.
 */
async function readTree({ git, from, to }: Follow, flags: readonly string[]): Promise<Answers> {
  const attempt = () => git.try(['read-tree', '-m', '-u', ...flags, from, to]);
  const first = await attempt();
  if (first.exitCode === 0) return [first];
  await git.try(['update-index', '-q', '--refresh']);
  return [first, await attempt()];
}

type Answers = readonly [GitResult, GitResult?];

const succeeded = (answers: Answers) => answers.at(-1)?.exitCode === 0;

/**
 * A git killed while it wrote files leaves some of them new and the index old; those are no changes of the user's. A
 * file is taken for written when git says that it is what the new commit has, filters applied, or when it is the
 * beginning of that.
 */
async function acceptWritten(files: Files, { git, from, to }: Follow): Promise<void> {
  // Of a submodule git names its own folder as the place where a branch is checked out, and the files are elsewhere.
  const root = (await git.run(['rev-parse', '--show-toplevel'])).replace(/\n$/, '');
  const changed = await git.run(['diff-tree', '-r', '-z', '--no-renames', '--name-only', from, to]);
  for (const name of changed.split('\0').filter((part) => part !== '')) {
    const listing = await git.run(['ls-tree', '-z', to, '--', name]);
    const [, mode, id] = /^(\d{6}) blob ([0-9a-f]+)\t/.exec(listing) ?? [];
    const written = await files.readBytes(join(root, name));
    if (mode === undefined || id === undefined || written === undefined) continue;
    const hash = (await git.try(['hash-object', `--path=${name}`, '--', join(root, name)])).stdout.trim();
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
  // What is new is checked out nowhere.
  const names = moves.flatMap(({ name, from }) => (from === undefined ? [] : [name]));
  return followsTo(ports, moves, await checkedOut(ports, names));
}

async function followsTo(
  { gitIn, files }: Pick<WorktreePorts, 'gitIn' | 'files'>,
  moves: readonly RefMove[],
  worktrees: ReleaseDetails['worktrees'],
): Promise<readonly Follow[]> {
  const found: Follow[] = [];
  for (const { name, from, to } of moves) {
    const path = worktrees.find(({ ref }) => ref === name)?.path;
    // A worktree whose folder was deleted is still listed.
    if (from === undefined || path === undefined || !(await files.exists(path))) continue;
    found.push({ git: gitIn(path), name, path, from, to });
  }
  return found;
}
