import type { ReleaseConfig } from '../../config/schema.ts';
import { shellJoin } from '../../core/shell-quote.ts';
import { branchNames, shortName } from '../branches.ts';
import type { Ref } from '../facts.ts';
import type { ReleasePorts } from '../ports.ts';
import { deleteLine } from '../steps/delete-line.ts';
import type { MergeBackPlan } from './plan.ts';

/**
 * Deletes a branch whose merge back is done. On the remote only while it holds what was merged; where that fails, the
 * command is told.
 */
export async function removeMergeBack(
  ports: Pick<ReleasePorts, 'git' | 'gitIn' | 'files' | 'report'>,
  branch: Ref,
  { here, there }: NonNullable<MergeBackPlan['remove']>,
  config: ReleaseConfig,
): Promise<void> {
  const { git, report } = ports;
  const { remote } = config;
  const name = shortName(branch.name);
  const note = (text: string) => report({ type: 'note', text: `  ${text}` });
  if (here) await deleteLine(ports, branch, branchNames(config).develop);
  else note(`${name} has commits that are nowhere else and is kept`);
  if (there === undefined) return;
  const lease = `--force-with-lease=${branch.name}:${there}`;
  const answer = await git.try(['push', '--porcelain', '--no-follow-tags', lease, '--', remote, `:${branch.name}`]);
  if (answer.exitCode === 0) return;
  note(`! ${remote} has ${name} still: ${answer.stderr.trim()}`);
  note(`  next: ${shellJoin(['git', 'push', remote, '--delete', name])}`);
}
