import { join } from 'node:path';
import type { Files, Git } from '../../io/ports.ts';

/**
 * Writes exactly the files of a commit into a temporary folder and hands it to `use`. The user's working tree, index
 * and list of worktrees are not touched, and nothing has to be tidied up in the repository after a crash.
 */
export async function withSnapshot<T>(
  git: Git,
  files: Files,
  commit: string,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  return files.withTemporaryFolder(async (temporary) => {
    const folder = join(temporary, 'tree');
    await files.makeFolder(folder);
    const env = { GIT_INDEX_FILE: join(temporary, 'index'), GIT_WORK_TREE: folder };
    // A checkout, not an archive: line-end and LFS filters apply, `export-ignore` does not. Nothing of the user's is checked out.
    await git.run(['-c', 'core.hooksPath=/dev/null', 'checkout', '--quiet', commit, '--', '.'], { env });
    return use(folder);
  });
}
