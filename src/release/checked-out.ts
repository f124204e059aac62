import { EXIT, Problem } from '../core/problem.ts';
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
