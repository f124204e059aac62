import { join } from 'node:path';
import { EXIT, Problem } from '../../core/problem.ts';
import type { Files, Git } from '../../io/ports.ts';
import type { IsolatedRepository } from './isolated-repository.ts';

/** Commits by their tips. Ids of commits or annotated tags. */
export interface CommitRange {
  readonly include: readonly string[];
  /** With all that lead to them. One that is not in this repository is passed over. */
  readonly exclude: readonly string[];
}

/** The range as options of `git log` and `git rev-list`; refs carry it, so that thousands of tips fit. */
export const IN_RANGE = ['--glob=refs/scan/include/*', '--not', '--glob=refs/scan/exclude/*'] as const;

/** Makes {@link IN_RANGE} mean commits in the isolated repository. @param range without what is not there */
export async function markRange(files: Files, repository: IsolatedRepository, range: CommitRange): Promise<void> {
  const refs = [...refLines('exclude', range.exclude), ...refLines('include', range.include)];
  const packed = `# pack-refs with: peeled fully-peeled sorted \n${refs.join('')}`;
  await files.write(join(repository.folder, 'packed-refs'), Buffer.from(packed));
}

function refLines(kind: string, ids: readonly string[]): readonly string[] {
  return ids.map((id, index) => `${id} refs/scan/${kind}/${String(index).padStart(9, '0')}\n`);
}

/**
 * The commits that a range names, and the ids of files in the trees of those it includes, in one question to git.
 * @param paths of files
 * @returns `files`: those that are there, for each path the ids of all trees
 * @throws Problem `unknown-commit`
 */
export async function lookUpRange(
  git: Git,
  range: CommitRange,
  paths: readonly string[],
): Promise<{ readonly range: CommitRange; readonly files: readonly (readonly string[])[] }> {
  const include = [...new Set(range.include)];
  const exclude = [...new Set(range.exclude)];
  const commits = [...include, ...exclude].map((id) => `${id}^{commit}`);
  const ids = await lookUp(git, [...commits, ...paths.flatMap((path) => include.map((id) => `${id}:${path}`))]);
  const known = (from: number, count: number) => ids.slice(from, from + count).filter((id) => id !== undefined);
  return {
    range: {
      include: include.map((id, index) => ids[index] ?? unknown(id)),
      exclude: known(include.length, exclude.length),
    },
    files: paths.map((_, index) => known(commits.length + index * include.length, include.length)),
  };
}

/** Ids of what git knows by these names; undefined where there is nothing, as for the commit of a tag of something else. */
async function lookUp(git: Git, names: readonly string[]): Promise<readonly (string | undefined)[]> {
  const input = names.map((name) => `${name}\0`).join('');
  const env = { GIT_NO_REPLACE_OBJECTS: '1' };
  const answers = (await git.run(['cat-file', '--batch-check=%(objectname)', '-z'], { input, env })).split('\n');
  return names.map((_, index) => (/^[0-9a-f]{40,64}$/.test(answers[index] ?? '') ? answers[index] : undefined));
}

function unknown(id: string): never {
  throw new Problem({
    code: 'unknown-commit',
    what: `${id} is no commit of this repository, so that its lines cannot be scanned for secrets`,
    fix: 'git fetch (or git fsck, when it should be there)',
    exit: EXIT.refused,
  });
}
