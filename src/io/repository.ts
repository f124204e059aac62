import { EXIT, Problem } from '../core/problem.ts';
import type { Git, RepositoryLocation } from './ports.ts';

/** Finds the repository that `git` stands in. @throws Problem `not-a-repository` */
export async function locateRepository(git: Git): Promise<RepositoryLocation> {
  const answer = await git.try([
    'rev-parse',
    '--path-format=absolute',
    '--git-common-dir',
    '--is-shallow-repository',
    '--show-toplevel',
  ]);
  const [commonDir = '', shallow, root] = answer.stdout.split('\n');
  if (commonDir === '') {
    const trust = /git config --global --add safe\.directory .+/.exec(answer.stderr)?.[0];
    if (trust !== undefined) {
      throw new Problem({
        code: 'unsafe-repository',
        what: 'git does not trust this repository: its files belong to someone else',
        why: answer.stderr.trim().split('\n')[0] ?? '',
        fix: `when you trust its owner: ${trust}`,
        exit: EXIT.refused,
      });
    }
    throw new Problem({
      code: 'not-a-repository',
      what: 'this folder is not in a git repository',
      why: answer.stderr.trim(),
      fix: 'go to the app, or name it: tagship -C path/to/app …',
      exit: EXIT.usage,
    });
  }
  return { commonDir, shallow: shallow === 'true', root: root || commonDir };
}

/** @throws Problem `no-worktree` for a bare repository, and inside of git's own folder */
export function requireWorktree({ root, commonDir }: RepositoryLocation): void {
  if (root !== commonDir) return;
  throw new Problem({
    code: 'no-worktree',
    what: `${root} has no working tree, and this is about files in one`,
    fix: 'go to a clone that has one, or name it: tagship -C path/to/app …',
    exit: EXIT.usage,
  });
}
