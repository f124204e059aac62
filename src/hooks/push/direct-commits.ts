import type { Git } from '../../io/ports.ts';

const SHOWN = 5;

/**
 * Commits put right onto a branch between two of its tips, the newest first, as `id subject`; not those that others contain. A
 * merge of what its first parent has already brings nothing but itself: it is such a commit too. One process where all is well.
 */
export async function directCommits(
  git: Git,
  from: string,
  to: string,
  others: readonly string[],
): Promise<readonly string[]> {
  const parents = await readParents(git, [to, `^${from}`, ...others.map((id) => `^${id}`)]);
  const found: string[] = [];
  // All that the branch had before the commit that is looked at.
  const before = new Set<string>();
  for (const commit of firstParents(parents, to).reverse()) {
    const [first, ...merged] = parents.get(commit) ?? [];
    addHistory(before, parents, first);
    const isOld = async (id: string) => {
      if (before.has(id)) return true;
      if (parents.has(id)) return false;
      // What is not new is what the old tip has, unless the others have it.
      if (others.length === 0 && before.has(from)) return true;
      return first !== undefined && (await git.isAncestor(id, first));
    };
    const old = await Promise.all(merged.map(isOld));
    if (!old.includes(false)) found.unshift(commit);
  }
  return describe(git, found.slice(0, SHOWN));
}

type Parents = ReadonlyMap<string, readonly string[]>;

/** Of every commit of a range. */
async function readParents(git: Git, range: readonly string[]): Promise<Parents> {
  const listing = await git.run(['rev-list', '--parents', ...range, '--']);
  const lines = listing.split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const [commit = '', ...parents] = line.split(' ');
      return [commit, parents];
    }),
  );
}

/** The commits of a range that the branch itself has had, the newest first. */
function firstParents(parents: Parents, to: string): string[] {
  const line: string[] = [];
  for (let commit: string | undefined = to; commit !== undefined && parents.has(commit); ) {
    line.push(commit);
    commit = parents.get(commit)?.[0];
  }
  return line;
}

/** Adds a commit and what led to it, as far as the range goes and one commit further. */
function addHistory(known: Set<string>, parents: Parents, commit: string | undefined): void {
  const open = commit === undefined ? [] : [commit];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (known.has(next)) continue;
    known.add(next);
    open.push(...(parents.get(next) ?? []));
  }
}

async function describe(git: Git, commits: readonly string[]): Promise<readonly string[]> {
  if (commits.length === 0) return [];
  const show = ['--no-walk=unsorted', '--no-commit-header', '--format=%h %s'];
  return (await git.run(['rev-list', ...show, ...commits, '--'])).split('\n').filter((line) => line !== '');
}
