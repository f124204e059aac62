import type { Git } from '../../io/ports.ts';

/** What a push brings to a remote. */
export interface PushRange {
  /** Commits that are pushed, each once. */
  readonly include: readonly string[];
  /** What the remote is known to have. */
  readonly exclude: readonly string[];
  /** Commits that the remote does not have. */
  readonly fresh: ReadonlySet<string>;
}

/** Reads which of the commits, and of what they are built on, a remote lacks. Two processes, however many refs. */
export async function pushRange(
  git: Git,
  include: readonly string[],
  known: readonly (string | undefined)[],
): Promise<PushRange> {
  const tips = [...new Set(include)];
  if (tips.length === 0) return { include: [], exclude: [], fresh: new Set() };
  // A remote may hold commits that were never fetched: those exclude nothing.
  const exclude = await revList(git, ['--no-walk=unsorted'], [...new Set(known.filter((id) => id !== undefined))]);
  const fresh = await revList(git, [], [...tips, ...exclude.map((id) => `^${id}`)]);
  return { include: tips, exclude, fresh: new Set(fresh) };
}

async function revList(git: Git, flags: readonly string[], revisions: readonly string[]): Promise<readonly string[]> {
  if (revisions.length === 0) return [];
  const input = revisions.map((line) => `${line}\n`).join('');
  const listing = await git.run(['rev-list', '--ignore-missing', ...flags, '--stdin'], { input });
  return listing.split('\n').filter((id) => id !== '');
}

/** Where the remote's branches were when it was asked last, by full name there. Empty for a remote without a name. */
export async function trackedTips(git: Git, remote: string): Promise<ReadonlyMap<string, string>> {
  const prefix = `refs/remotes/${remote}/`;
  const listing = await git.run(['for-each-ref', '--format=%(objectname) %(refname)', prefix]);
  const tips = new Map<string, string>();
  for (const line of listing.split('\n')) {
    const [id, name] = line.split(' ');
    if (id && name !== undefined) tips.set(`refs/heads/${name.slice(prefix.length)}`, id);
  }
  return tips;
}

/** The last commit that is in `tip` and in what the remote has; undefined when they have nothing in common. */
export async function forkPoint(git: Git, tip: string, known: readonly string[]): Promise<string | undefined> {
  if (known.length === 0) return undefined;
  const answer = await git.try(['merge-base', tip, ...known]);
  return answer.exitCode === 0 ? answer.stdout.trim() : undefined;
}
