import { EXIT, Problem } from '../../core/problem.ts';
import { shellQuote } from '../../core/shell-quote.ts';
import type { PushedRef } from './pushed-ref.ts';

/**
 * Refs that name a file or a folder instead of a commit, most often by a tag. Credentials are searched for in what commits
 * add, so that those would be pushed unseen.
 * @param commits what each pushed object leads to; none for one that leads to no commit
 */
export function unsearchable(refs: readonly PushedRef[], commits: ReadonlyMap<string, string>): readonly Problem[] {
  return refs
    .filter(({ localId }) => localId !== undefined && !commits.has(localId))
    .map(({ remoteRef }) => {
      const name = remoteRef.replace(/^refs\/(?:tags|heads)\//, '');
      return new Problem({
        code: 'no-commit',
        what: `${name} names no commit, so that it cannot be searched for secrets`,
        why: 'it is a file or a folder that no commit may have',
        fix: `commit it, and name the commit: git tag --force --annotate ${shellQuote(name)} HEAD`,
        exit: EXIT.refused,
      });
    });
}
