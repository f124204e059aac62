import type { Git } from '../io/ports.ts';
import type { Ref, RemoteFacts } from './facts.ts';

/** The local branches as a release takes them. */
export interface CaughtUp {
  readonly refs: ReadonlyMap<string, Ref>;
  readonly ahead: RemoteFacts['ahead'];
}

/**
 * A branch that only lags behind the remote's is taken as it is there: nothing is lost by that, and who never pulls main
 * need not be told to. Its commits have to be here; nothing is fetched, and nothing changes. Git is asked about ancestry
 * only where local and remote differ; after a fetch or a push they do not.
 * @param published the remote's branches
 * @param finished a branch that is released as it was tested here, and never brought further
 */
export async function caughtUp(
  git: Git,
  refs: ReadonlyMap<string, Ref>,
  published: ReadonlyMap<string, string>,
  names: readonly string[],
  finished?: string,
): Promise<CaughtUp> {
  const taken = new Map(refs);
  const ahead = new Map<string, 'unfetched' | 'behind' | 'diverged'>();
  for (const name of names) {
    const [local, there] = [refs.get(name), published.get(name)];
    if (local === undefined || there === undefined || local.id === there) continue;
    if (await git.isAncestor(there, local.id)) continue;
    const isHere = (await git.try(['cat-file', '-e', `${there}^{commit}`])).exitCode === 0;
    if (isHere && !(await git.isAncestor(local.id, there))) ahead.set(name, 'diverged');
    else if (name === finished) ahead.set(name, 'behind');
    else if (isHere) taken.set(name, { ...local, id: there, commit: there, here: local.id });
    else ahead.set(name, 'unfetched');
  }
  const caught = [...taken.values()].some(({ here }) => here !== undefined);
  return { refs: caught ? taken : refs, ahead };
}

/** A branch's tip, with what it holds here where that is behind. */
export function tipOf({ name, id, here }: Ref) {
  return { name, id, ...(here === undefined ? {} : { here }) };
}
