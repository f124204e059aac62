import { join } from 'node:path';
import type { Files, Git, GitOptions } from '../../io/ports.ts';
import { blobsByPath } from './blobs-by-path.ts';
import { stagedTree } from './staged-tree.ts';

/** A folder outside the repository with files as they are staged, and an index of its own. */
export interface DraftTree {
  readonly folder: string;
  /** Every path that is staged. */
  readonly staged: readonly string[];
  /** Writes staged files into the folder, as a checkout would. */
  checkout(paths: readonly string[]): Promise<void>;
  /** Blobs that the files are now, for those that were changed in the folder; git has them then. */
  changed(paths: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Id of the tree that a commit with the changed files would have. */
  writeTree(): Promise<string>;
}

/** Hands a draft of what is staged to `use`. The user's working tree and index are not touched. */
export async function withDraftTree<T>(git: Git, files: Files, use: (draft: DraftTree) => Promise<T>): Promise<T> {
  const tree = await stagedTree(git, files);
  return files.withTemporaryFolder(async (temporary) => {
    const folder = join(temporary, 'tree');
    await files.makeFolder(folder);
    const env = { GIT_INDEX_FILE: join(temporary, 'index'), GIT_WORK_TREE: folder };
    const run = (args: readonly string[], options: GitOptions = {}) =>
      git.run(['-c', 'core.fsmonitor=false', ...args], { ...options, env });
    await run(['read-tree', tree]);
    const before = blobsByPath(await run(['ls-files', '-s', '-z']));
    return use({
      folder,
      staged: [...before.keys()],
      checkout: async (paths) => {
        const input = nulEnded(paths);
        await run(['checkout-index', '--force', '--ignore-skip-worktree-bits', '-z', '--stdin'], { input });
      },
      changed: async (paths) => {
        await run(['update-index', '-z', '--stdin'], { input: nulEnded(paths) });
        const after = blobsByPath(await run(['ls-files', '-s', '-z']));
        return new Map([...after].filter(([path, id]) => before.get(path) !== id));
      },
      writeTree: async () => (await run(['write-tree'])).trim(),
    });
  });
}

const nulEnded = (paths: readonly string[]) => paths.map((path) => `${path}\0`).join('');
