import { EXIT, Problem } from '../../core/problem.ts';
import { quotedName, shortName } from '../branches.ts';
import { findProposal, proposalOf } from '../github/find-proposal.ts';
import { openOnce } from '../github/open-once.ts';
import type { FrozenRelease } from '../journal.ts';
import type { ReleasePorts } from '../ports.ts';
import { publishedAt, pushBranch } from '../push.ts';
import { joinNotes } from '../tags.ts';

/**
 * Pushes the release's branch and opens the pull request, each only where it is not there yet.
 * @throws Problem `branch-moved`, `push-rejected`, `push-cut-off`, `remote-unreachable`, and those of GitHub
 */
export async function propose(
  { git, github, report }: Pick<ReleasePorts, 'git' | 'github' | 'report'>,
  frozen: FrozenRelease,
): Promise<void> {
  const { details, title } = frozen.plan;
  const proposal = proposalOf(frozen);
  if (proposal === undefined || details.github === undefined) return;
  const { name, there } = proposal.proposed.branch;
  // Before anything is published: without a token it would stay half a proposal.
  const site = await github(details.github.address);
  const now = (await publishedAt(git, details, [name])).get(name);
  if (now !== proposal.release) {
    if (now !== there) throw branchMoved(name, details.remote?.name ?? 'origin');
    const onLine = (line: string) => report({ type: 'output', step: 'propose', line });
    await pushBranch(git, details, { name, from: there, to: proposal.release }, onLine);
  }
  const request = await openOnce(
    () => findProposal(site, proposal),
    () =>
      site.openPullRequest({
        branch: shortName(name),
        base: shortName(details.main?.name ?? ''),
        title,
        body: `${joinNotes(details.tags).slice(0, LONGEST)}\n\n${proposal.proposed.mark}\n`,
      }),
  ).catch((error: unknown) => {
    throw error instanceof Problem ? half(error, shortName(name), details.remote?.name ?? 'origin') : error;
  });
  report({ type: 'note', text: `  pull request #${request.number}: ${request.url}` });
}

/** GitHub takes 65,536 characters. */
const LONGEST = 60_000;

/** The same failure, with what was published before it: a pull request alone is missing. */
function half(failure: Problem, branch: string, remote: string): Problem {
  const { code, what, why, fix, exit } = failure;
  const there = `${branch} is on ${remote}; its pull request is missing`;
  const reasons = why === undefined ? there : `${why}\n${there}`;
  return new Problem({ code, what, why: reasons, fix, exit, published: [branch], cause: failure });
}

function branchMoved(branch: string, remote: string): Problem {
  return new Problem({
    code: 'branch-moved',
    what: `${shortName(branch)} on ${remote} holds something else than the release was planned with`,
    fix: `tagship release abort, then git fetch ${remote} ${quotedName(branch)}, then release again`,
    exit: EXIT.resumable,
  });
}
