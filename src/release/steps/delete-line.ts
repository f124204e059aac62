import { EXIT } from '../../core/problem.ts';
import { shortName } from '../branches.ts';
import type { ReleaseDetails } from '../plan-types.ts';
import type { ReleasePorts } from '../ports.ts';
import { moveRefs } from '../refs.ts';
import { leaveLine } from '../worktrees.ts';

/**
 * Deletes the finished branch, unless it has moved on since: then it holds work that is not in the release.
 * @throws Problem `worktree-left-behind`, `refs-refused`
 */
export async function deleteLine(
  { git, gitIn, report }: Pick<ReleasePorts, 'git' | 'gitIn' | 'report'>,
  details: ReleaseDetails,
): Promise<void> {
  const { name, id } = details.line;
  const now = (await git.try(['rev-parse', '--verify', '--quiet', name])).stdout.trim();
  if (now === '') return;
  if (now !== id) return report({ type: 'note', text: `${shortName(name)} has new commits and is kept` });
  await leaveLine(gitIn, details);
  await moveRefs(git, [{ name, from: id, to: undefined }], `tagship: finish ${shortName(name)}`, EXIT.resumable);
  // Where it was tracked; git branch -d would do the same.
  await git.try(['config', '--remove-section', `branch.${shortName(name)}`]);
}
