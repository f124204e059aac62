import { EXIT, Problem } from '../core/problem.ts';
import type { Git } from '../io/ports.ts';
import { shortName } from './branches.ts';
import type { ReleaseDetails } from './plan-types.ts';
import type { WorktreePorts } from './worktrees.ts';

/** Where each of these branches is checked out now, of those that are. */
export async function checkedOut(
  { git }: Pick<WorktreePorts, 'git'>,
  branches: readonly string[],
): Promise<ReleaseDetails['worktrees']> {
  const output = await git.run(['for-each-ref', '--format=%(refname)%00%(worktreepath)%00', ...branches]);
  return output.split('\0\n').flatMap((record) => {
    const [ref, path] = record.split('\0');
    return ref && path && branches.includes(ref) ? [{ ref, path }] : [];
  });
}

/** Full name of the branch that is checked out; undefined for a bare commit. */
export async function headBranch(git: Git): Promise<string | undefined> {
  const answer = await git.try(['symbolic-ref', '--quiet', 'HEAD']);
  return answer.exitCode === 0 ? answer.stdout.trim() : undefined;
}

/**
 * Leaves a branch where it is checked out, for the next one, or for the bare commit when that is checked out elsewhere.
 * @throws Problem `worktree-left-behind`
 */
export async function leaveLine(ports: WorktreePorts, line: string, next: string | undefined): Promise<void> {
  const present = await checkedOut(ports, [line, ...(next === undefined ? [] : [next])]);
  const pathOf = (branch: string) => present.find(({ ref }) => ref === branch)?.path;
  const path = pathOf(line);
  if (path === undefined || !(await ports.files.exists(path))) return;
  const target = next === undefined || pathOf(next) !== undefined ? ['--detach'] : [shortName(next)];
  const git = ports.gitIn(path);
  const answer = await git.try(['switch', '--quiet', ...target]);
  // A post-checkout hook that fails gives git its status, and keeps it from nothing.
  if (answer.exitCode === 0 || (await headBranch(git)) !== line) return;
  throw new Problem({
    code: 'worktree-left-behind',
    what: `${path} could not leave ${shortName(line)}`,
    why: answer.stderr.trim(),
    fix: 'move the named files aside, then run the same command again',
    exit: EXIT.resumable,
  });
}
