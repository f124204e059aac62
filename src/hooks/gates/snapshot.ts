import { join } from 'node:path';
import type { Files, Git } from '../../io/ports.ts';
import { LOOK } from '../verified/hidden-files.ts';

/** The files of a commit in a folder of their own. */
interface Snapshot {
  readonly folder: string;
  /** Those that are not as they were written, any more; not those that came. */
  readonly changed: () => Promise<readonly string[]>;
}

/**
 * Writes exactly the files of a commit into a temporary folder and hands it to `use`. The user's working tree, index
 * and list of worktrees are not touched, and nothing has to be tidied up in the repository after a crash.
 */
export async function withSnapshot<T>(
  git: Git,
  files: Files,
  commit: string,
  use: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  return files.withTemporaryFolder(async (temporary) => {
    const folder = join(temporary, 'tree');
    await files.makeFolder(folder);
    const env = { GIT_INDEX_FILE: join(temporary, 'index'), GIT_WORK_TREE: folder };
    // A checkout, not an archive: line-end and LFS filters apply, `export-ignore` does not. Nothing of the user's is checked out.
    await git.run(['-c', 'core.hooksPath=/dev/null', 'checkout', '--quiet', commit, '--', '.'], { env });
    const differing = async () => {
      const diff = [...LOOK, 'diff', '--name-only', '--no-ext-diff', '--ignore-submodules=all', '-z'];
      return (await git.run(diff, { env })).split('\0').filter((path) => path !== '');
    };
    // Line ends that the repository's own rules would turn are as they were written all the same.
    const before = new Set(await differing());
    return use({ folder, changed: async () => (await differing()).filter((path) => !before.has(path)) });
  });
}
