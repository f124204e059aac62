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

/** Makes {@link IN_RANGE} mean `range` in the isolated repository. @throws Problem `unknown-commit` */
export async function markRange(
  git: Git,
  files: Files,
  repository: IsolatedRepository,
  range: CommitRange,
): Promise<void> {
  const include = [...new Set(range.include)];
  const exclude = [...new Set(range.exclude)];
  const peeled = await peel(git, repository, [...include, ...exclude]);
  const tips = include.map((id) => peeled.get(id) ?? unknown(id));
  const known = exclude.flatMap((id) => peeled.get(id) ?? []);
  const refs = [...refLines('exclude', known), ...refLines('include', tips)];
  const packed = `# pack-refs with: peeled fully-peeled sorted \n${refs.join('')}`;
  await files.write(join(repository.folder, 'packed-refs'), Buffer.from(packed));
}

function refLines(kind: string, ids: readonly string[]): readonly string[] {
  return ids.map((id, index) => `${id} refs/scan/${kind}/${String(index).padStart(9, '0')}\n`);
}

/** Ids of the commits that the given ids name; a tag of something else has no commit and is not in the answer. */
async function peel(
  git: Git,
  { env }: IsolatedRepository,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const input = ids.map((id) => `${id}^{commit}\n`).join('');
  const answers = await git.run(['cat-file', '--batch-check=%(objectname)'], { env, input });
  const lines = answers.split('\n');
  return new Map(
    ids.flatMap((id, index) => {
      const answer = lines[index] ?? '';
      return /^[0-9a-f]{40,64}$/.test(answer) ? [[id, answer] as const] : [];
    }),
  );
}

function unknown(id: string): never {
  throw new Problem({
    code: 'unknown-commit',
    what: `${id} is no commit of this repository, so that its lines cannot be scanned for secrets`,
    fix: 'git fetch (or git fsck, when it should be there)',
    exit: EXIT.refused,
  });
}
