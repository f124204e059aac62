import type { PushedRef } from './pushed-ref.ts';
import type { PushRange } from './range.ts';

interface CommitToVerify {
  readonly commit: string;
  /** What main or develop holds at the remote, where that is moved to the commit. */
  readonly moved: string | undefined;
}

/**
 * The commits whose gates have to pass. The remote may have those of a branch without anybody having looked at them: main and
 * develop take from it only what has passed, compared with what they hold; other branches, what the remote lacks.
 */
export function commitsToVerify(
  refs: readonly PushedRef[],
  commits: ReadonlyMap<string, string>,
  { fresh, exclude }: PushRange,
  protectedOf: (ref: PushedRef) => readonly string[],
): readonly CommitToVerify[] {
  const found = new Map<string, CommitToVerify>();
  for (const ref of refs) {
    const commit = commits.get(ref.localId ?? '');
    if (commit === undefined) continue;
    const isMoved = protectedOf(ref).includes(ref.remoteRef) && exclude.includes(ref.remoteId ?? '');
    const moved = isMoved && ref.remoteId !== commit ? ref.remoteId : undefined;
    if (moved !== undefined || fresh.has(commit)) found.set(`${commit} ${moved}`, { commit, moved });
  }
  const all = [...found.values()];
  return all.filter(
    ({ commit, moved }) => moved !== undefined || !all.some((other) => other.commit === commit && other.moved),
  );
}
