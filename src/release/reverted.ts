import type { LoggedCommit } from './commits.ts';

/** As `git revert` writes it, also where it reverts a revert. */
const REVERTS = /^This reverts commit ([0-9a-f]{7,64})\b/m;

/**
 * Leaves out what was taken back, and what took it back: neither is in the release. A revert of something older stays.
 * @param commits newest first
 */
export function withoutReverted<T extends LoggedCommit>(commits: readonly T[]): readonly T[] {
  const gone = new Set<T>();
  for (const [index, commit] of commits.entries()) {
    // What was taken back itself takes nothing back.
    const hash = gone.has(commit) ? undefined : REVERTS.exec(commit.message)?.[1];
    if (hash === undefined) continue;
    const reverted = commits.slice(index + 1).find((other) => other.hash.startsWith(hash) && !gone.has(other));
    if (reverted === undefined) continue;
    gone.add(commit);
    gone.add(reverted);
  }
  return commits.filter((commit) => !gone.has(commit));
}
