import type { ReleaseConfig } from '../config/schema.ts';
import { EXIT, Problem, refuseIfAny } from '../core/problem.ts';
import { shellQuote } from '../core/shell-quote.ts';
import type { Git } from '../io/ports.ts';
import { branchNames, clashingBranch, quotedName, shortName } from './branches.ts';
import type { Ref } from './facts.ts';
import { contains } from './look-history.ts';
import { lookAtRemote } from './look-remote.ts';
import { openHotfixes } from './open-branches.ts';
import { lookAtPushTarget } from './push-target.ts';
import { clashes } from './start.ts';

/**
 * The commit a new hotfix begins at: main's, which must hold all that is in production. Without a connection main is
 * taken as it is here, because production does not wait for a network; finishing asks the remote again.
 * @throws Problem, Refusals
 */
export async function hotfixStart(
  git: Git,
  refs: ReadonlyMap<string, Ref>,
  config: ReleaseConfig,
  branch: string,
): Promise<string> {
  const names = branchNames(config);
  const name = names.main;
  const main = refs.get(name);
  const { ask } = await lookAtPushTarget(git, config.remote);
  const remote = { name: config.remote, ...(await lookAtRemote(git, ask)) };
  const published = remote.refs.get(name);
  const problems: Problem[] = [...clashes(refs, branch)];
  const refuse = (code: string, what: string, fix: string) =>
    problems.push(new Problem({ code, what, fix, exit: EXIT.refused }));
  // A name that was mistyped would begin another one, and leave the fix where it is.
  const clashing = clashingBranch(refs, branch);
  for (const other of openHotfixes(refs, config).filter((one) => one.name !== clashing)) {
    const typed = `tagship hotfix ${shellQuote(other.name.slice(names.hotfix('').length))}`;
    const beside = `git switch -c ${quotedName(branch)} ${quotedName(name)}`;
    const fix = `${typed} (or, for a second one beside it: ${beside})`;
    refuse('hotfix-open', `the hotfix ${shortName(other.name)} is open`, fix);
  }
  if (main === undefined) {
    const fix =
      published === undefined
        ? `git branch ${quotedName(name)} <the commit that is in production>`
        : `git fetch ${remote.name} ${quotedName(name)}:${quotedName(name)}`;
    refuse('branch-missing', `there is no local branch ${shortName(name)}`, fix);
  } else if (published !== undefined && published !== main.id && !(await contains(git, main.id, published))) {
    const fix = `git fetch ${remote.name} ${quotedName(name)}:${quotedName(name)} (git pull where it is checked out)`;
    refuse('branch-behind', `${shortName(name)} lacks commits that ${remote.name}/${shortName(name)} has`, fix);
  }
  if (remote.refs.has(branch)) {
    const fix = `git fetch ${remote.name} && git switch ${quotedName(branch)}`;
    refuse('branch-exists', `${remote.name} has a branch ${shortName(branch)} already`, fix);
  }
  refuseIfAny(problems);
  return main?.id ?? '';
}
