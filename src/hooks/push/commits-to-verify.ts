import type { PushedRef } from './pushed-ref.ts';
import type { PushRange } from './range.ts';

interface CommitToVerify {
  readonly commit: string;
  /** Whether main or develop takes it. */
  readonly isProtected: boolean;
  /** What it is compared with there; undefined: nothing. Of other branches, what the remote has decides. */
  readonly since: string | undefined;
}

export interface VerifyScope {
  /** What each pushed object leads to. */
  readonly commits: ReadonlyMap<string, string>;
  readonly range: PushRange;
  /** Main and develop, as the ref's configuration calls them. */
  readonly protectedOf: (ref: PushedRef) => readonly string[];
  /** What the remote's branches are known to hold. */
  readonly tips: ReadonlyMap<string, string>;
}

/**
 * The commits whose gates have to pass. The remote may have those of a branch without anybody having looked at them: main and
 * develop take from it only what has passed, compared with what they hold, or where they are new, with the other of the two;
 * other branches, what the remote lacks.
 */
export function commitsToVerify(refs: readonly PushedRef[], scope: VerifyScope): readonly CommitToVerify[] {
  const { commits, range, protectedOf } = scope;
  const found = new Map<string, CommitToVerify>();
  for (const ref of refs) {
    const commit = commits.get(ref.localId ?? '');
    if (commit === undefined) continue;
    const base = protectedOf(ref).includes(ref.remoteRef) ? baseOf(ref, refs, scope) : undefined;
    if (base !== undefined && base.since !== commit) {
      found.set(`${commit} ${base.since}`, { commit, isProtected: true, since: base.since });
    } else if (range.fresh.has(commit)) found.set(commit, { commit, isProtected: false, since: undefined });
  }
  const all = [...found.values()];
  return all.filter((one) => one.isProtected || !all.some((other) => other.commit === one.commit && other.isProtected));
}

/** What main or develop is compared with. Undefined where what it holds is not known here, which is refused. */
function baseOf(ref: PushedRef, refs: readonly PushedRef[], { range, protectedOf, tips }: VerifyScope) {
  const here = (id: string | undefined) => (range.exclude.includes(id ?? '') ? id : undefined);
  if (ref.remoteId !== undefined) return here(ref.remoteId) === undefined ? undefined : { since: ref.remoteId };
  const name = protectedOf(ref).find((other) => other !== ref.remoteRef) ?? '';
  const other = refs.find(({ remoteRef }) => remoteRef === name);
  return { since: here(other === undefined ? tips.get(name) : other.remoteId) };
}
