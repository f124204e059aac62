import type { ReleaseConfig } from '../config/schema.ts';
import { EXIT, Problem, refuseIfAny } from '../core/problem.ts';
import { shellQuote } from '../core/shell-quote.ts';
import type { Git } from '../io/ports.ts';
import { branchNames, clashingBranch, quotedName, shortName } from './branches.ts';
import { caughtUp } from './catch-up.ts';
import type { Ref } from './facts.ts';
import { lookAtRemote } from './look-remote.ts';
import { openHotfixes } from './open-branches.ts';
import { lookAtPushTarget } from './push-target.ts';
import { behindRefusals } from './refusals.ts';
import { clashes } from './start.ts';

export interface HotfixStart {
  readonly commit: string;
  /** Whether it is the remote's main, which the one here lags behind. */
  readonly isRemote: boolean;
}

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
): Promise<HotfixStart> {
  const names = branchNames(config);
  const name = names.main;
  const { ask } = await lookAtPushTarget(git, config.remote);
  const remote = { name: config.remote, ...(await lookAtRemote(git, ask)) };
  const published = remote.refs.get(name);
  const { refs: taken, ahead } = await caughtUp(git, refs, remote.refs, [name]);
  const main = taken.get(name);
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
  }
  problems.push(...behindRefusals(refs, { name: remote.name, ahead }, 'the same command again'));
  if (remote.refs.has(branch)) {
    const fix = `git fetch ${remote.name} && git switch ${quotedName(branch)}`;
    refuse('branch-exists', `${remote.name} has a branch ${shortName(branch)} already`, fix);
  }
  refuseIfAny(problems);
  return { commit: main?.id ?? '', isRemote: main?.here !== undefined };
}
