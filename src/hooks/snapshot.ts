import { join } from 'node:path';
import type { Files, Git } from '../io/ports.ts';

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
    const env = { GIT_INDEX_FILE: join(temporary, 'index') };
    await git.run(['read-tree', commit], { env });
    // checkout-index applies line-end and LFS filters as a checkout would.
    await git.run(['checkout-index', '--all', '--force', `--prefix=${folder}/`], { env });
    return use(folder);
  });
}
