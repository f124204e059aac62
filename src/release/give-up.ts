import { EXIT, Problem } from '../core/problem.ts';
import { shellQuote } from '../core/shell-quote.ts';
import type { Git } from '../io/ports.ts';
import { quotedName, shortName } from './branches.ts';
import type { Ref } from './facts.ts';
import { isBeginning } from './release-message.ts';

/**
 * Makes sure that nothing is lost with a started release but the commit that began it: every other commit is on some
 * other branch, here or on a remote, or in a release.
 * @param released what the branch is for, as the commit that began it says: `1.2.0` or `core 1.2.0`
 * @throws Problem `release-has-commits`
 */
export async function refuseOwnWork(git: Git, branch: Ref, released: string): Promise<void> {
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
  const subjectOf = (line: string) => line.slice(line.indexOf(' ') + 1);
  const own = listing.split('\0').filter((line) => line !== '' && !isBeginning(subjectOf(line), released));
  if (own.length === 0) return;
  throw new Problem({
    code: 'release-has-commits',
    what: `${shortName(branch.name)} has commits that are nowhere else`,
    why: own.slice(0, 10).join('\n'),
    fix: `keep them, then the same command again: git branch ${shellQuote(`kept/${released.replace(' ', '-')}`)} ${quotedName(branch.name)}`,
    exit: EXIT.refused,
  });
}
