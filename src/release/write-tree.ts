import { join } from 'node:path';
import { EXIT, Problem } from '../core/problem.ts';
import type { Files, Git } from '../io/ports.ts';
import { DURABLY } from './durable.ts';
import type { TreeEntry } from './facts.ts';

export interface FileContent {
  readonly path: string;
  readonly bytes: Buffer;
}

/**
 * Writes the tree that differs from `base` in these files alone and returns its id. In an index of its own, so that git
 * itself keeps every other name byte for byte and refuses a path that no checkout could write.
 * @param base a commit or tree
 * @param tree its listing, which tells the modes of files that are there
 * @throws Problem `tree-refused`
 */
export async function writeTree(
  git: Git,
  files: Files,
  base: string,
  tree: readonly TreeEntry[],
  changes: readonly FileContent[],
): Promise<string> {
  return files.withTemporaryFolder(async (folder) => {
    const ids = await writeBlobs(git, files, folder, changes);
    const env = { GIT_INDEX_FILE: join(folder, 'index') };
    await git.run(['read-tree', base], { env });
    // Not --index-info, which passes over a path it cannot take and says nothing.
    const added = changes.flatMap(({ path }, index) => ['--cacheinfo', `${modeOf(tree, path)},${ids[index]},${path}`]);
    const update = await git.try(['update-index', '--add', ...added], { env });
    if (update.exitCode !== 0) {
      throw new Problem({
        code: 'tree-refused',
        what: 'git refuses the files of the release; nothing has changed',
        why: update.stderr.trim(),
        fix: 'mend the paths under release: in tagship.yaml, then run the same command again',
        exit: EXIT.refused,
      });
    }
    return (await git.run([...DURABLY, 'write-tree'], { env })).trim();
  });
}

/** One git for all contents; handed over in files, as its standard input takes one alone. */
async function writeBlobs(
  git: Git,
  files: Files,
  folder: string,
  changes: readonly FileContent[],
): Promise<readonly string[]> {
  const written = changes.map(({ bytes }, index) => ({ path: join(folder, `content-${index}`), bytes }));
  await Promise.all(written.map(({ path, bytes }) => files.write(path, bytes)));
  const paths = written.map(({ path }) => path);
  return (await git.run([...DURABLY, 'hash-object', '-w', '--no-filters', '--', ...paths])).trim().split('\n');
}

function modeOf(tree: readonly TreeEntry[], path: string): string {
  return tree.find((entry) => entry.path === path)?.mode ?? '100644';
}
