import { join } from 'node:path';
import { EXIT, Problem } from '../../core/problem.ts';
import type { Files, Git } from '../../io/ports.ts';

/**
 * A copy of git's index (of the one that `git commit` names, in its hook), handed to `use` as a path. git locks an index
 * also to read a tree from it, and fails when anybody else has it locked: an editor, or a second look of our own.
 */
export async function withIndexCopy<T>(git: Git, files: Files, use: (index: string) => Promise<T>): Promise<T> {
  return files.withTemporaryFolder(async (folder) => {
    const copy = join(folder, 'index');
    const own = (await git.run(['rev-parse', '--path-format=absolute', '--git-path', 'index'])).replace(/\n$/, '');
    const index = await files.readBytes(own);
    if (index !== undefined) await files.write(copy, index);
    return use(copy);
  });
}

/**
 * Id of the tree that is staged; git writes the same one when it commits.
 * @throws Problem `index-unmerged`. Whatever else keeps git from it is told as git tells it
 */
export async function stagedTree(git: Git, files: Files): Promise<string> {
  return withIndexCopy(git, files, async (index) => {
    const env = { GIT_INDEX_FILE: index };
    const { exitCode, stdout, stderr } = await git.try(['write-tree'], { env });
    if (exitCode === 0) return stdout.trim();
    // A full disk and a lost object have no conflict to resolve.
    const unmerged = await git.run(['ls-files', '--unmerged', '-z'], { env });
    if (unmerged === '') return (await git.run(['write-tree'], { env })).trim();
    throw new Problem({
      code: 'index-unmerged',
      what: 'what is staged is no tree yet',
      why: stderr.trim(),
      fix: 'git status (resolve the conflicts, git add them, and run again)',
      exit: EXIT.refused,
    });
  });
}
