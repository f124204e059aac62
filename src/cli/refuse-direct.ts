import type { Config } from '../config/schema.ts';
import { Problem, refuseIfAny } from '../core/problem.ts';
import type { Files, Git } from '../io/ports.ts';
import type { ReleaseFacts } from '../release/facts.ts';
import type { ReleasePlan } from '../release/plan-types.ts';

/**
 * The merge back of a hotfix or a release branch publishes what develop has besides. Commits that were put right onto it
 * are refused there by the policy which refuses them here, and by then the branches would have moved.
 * @throws Refusals `not-merged`, `not-released`
 */
export async function refuseDirect(
  { git, files }: { readonly git: Git; readonly files: Files },
  { details }: ReleasePlan,
  { remote }: Pick<ReleaseFacts, 'remote'>,
  config: Config,
): Promise<void> {
  const { line, main, back } = details;
  const develop = back.find(({ name }) => name === `refs/heads/${config.release.branches.develop}`);
  const remoteId = remote.refs.get(develop?.name ?? '');
  if (details.remote === undefined || main === undefined || develop === undefined || remoteId === undefined) return;
  // A release from develop has its commits in its tag.
  if (develop.name === line.name || develop.id === remoteId) return;
  // Loaded here: nearly always there is nothing to judge.
  const [{ directCommits }, { policyRules }, { policyRefusals }, { pushIsHooked }] = await Promise.all([
    import('../hooks/push/direct-commits.ts'),
    import('../hooks/push/look.ts'),
    import('../hooks/push/policy.ts'),
    import('../hooks/push/is-hooked.ts'),
  ]);
  if (!(await pushIsHooked(git, files))) return;
  const direct = await directCommits(git, remoteId, develop.id, [line.id, main.id]);
  if (direct.length === 0) return;
  const ref = { localRef: develop.name, localId: develop.id, remoteRef: develop.name, remoteId };
  const branch = { released: false, forward: true, direct };
  const problems = policyRefusals([{ ref, rules: policyRules(config), branch }]);
  refuseIfAny(
    problems.map(({ code, what, why, fix, exit }) => {
      const again = `${fix}, then the same command again`;
      return new Problem({ code, what, ...(why === undefined ? {} : { why }), fix: again, exit });
    }),
  );
}
