import { EXIT, Problem } from '../core/problem.ts';
import type { Git } from '../io/ports.ts';
import { quotedName, shortName } from './branches.ts';
import type { Ref } from './facts.ts';

/**
 * Makes sure that nothing is lost with a started release but the commit that began it: every other commit is on some
 * other branch, here or on a remote, or in a release.
 * @param version the one the branch is for
 * @throws Problem `release-has-commits`
 */
export async function refuseOwnWork(git: Git, branch: Ref, version: string): Promise<void> {
  const elsewhere = [`--exclude=${shortName(branch.name)}`, '--branches', '--remotes', '--tags'];
  const listing = await git.run([
    'log',
    '-z',
    '--no-show-signature',
    '--format=%h %s',
    branch.id,
    '--not',
    ...elsewhere,
  ]);
  const own = listing.split('\0').filter((line) => line !== '' && !line.endsWith(` ${beginning(version)}`));
  if (own.length === 0) return;
  throw new Problem({
    code: 'release-has-commits',
    what: `${shortName(branch.name)} has commits that are nowhere else`,
    why: own.slice(0, 10).join('\n'),
    fix: `keep them, then the same command again: git branch kept/${version} ${quotedName(branch.name)}`,
    exit: EXIT.refused,
  });
}

/** The message of the commit that begins a release branch. */
export const beginning = (version: string) => `chore(release): begin ${version}`;
