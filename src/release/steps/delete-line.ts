import { EXIT } from '../../core/problem.ts';
import { shortName } from '../branches.ts';
import { leaveLine } from '../checked-out.ts';
import type { RefTip } from '../plan-types.ts';
import type { ReleasePorts } from '../ports.ts';
import { moveRefs } from '../refs.ts';

/**
 * Deletes a finished branch, unless it has moved on since: then it holds work that is not in the release.
 * @param next the branch to check out where it was checked out
 * @throws Problem `worktree-left-behind`, `refs-refused`
 */
export async function deleteLine(
  ports: Pick<ReleasePorts, 'git' | 'gitIn' | 'files' | 'report'>,
  { name, id }: RefTip,
  next: string | undefined,
): Promise<void> {
  const { git, report } = ports;
  const now = (await git.try(['rev-parse', '--verify', '--quiet', name])).stdout.trim();
  if (now === '') return;
  if (now !== id) return report({ type: 'note', text: `${shortName(name)} has new commits and is kept` });
  await leaveLine(ports, name, next);
  await moveRefs(git, [{ name, from: id, to: undefined }], `tagship: finish ${shortName(name)}`, EXIT.resumable);
  // Where it was tracked; git branch -d would do the same.
  await git.try(['config', '--remove-section', `branch.${shortName(name)}`]);
}
