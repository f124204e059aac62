import { join } from 'node:path';
import type { Files, Git } from '../../io/ports.ts';
import type { FileChange } from './change.ts';

/** A staged file that formatting changes; contents as a checkout writes them. */
export interface Formatted {
  readonly path: string;
  readonly mode: string;
  /** Blob that is to be staged. */
  readonly formatted: string;
  readonly before: Buffer;
  readonly after: Buffer;
  /** Of the working tree; undefined where there is no plain file. */
  readonly working: Buffer | undefined;
  /** Whether something else stands in its place there. */
  readonly replaced: boolean;
}

export interface ChangePlan {
  readonly files: readonly FileChange[];
  /** Files whose unstaged changes are where the formatting is: there the working file stays as it is. */
  readonly untouched: readonly string[];
}

/** What to change in the index and in the working tree. Unstaged changes stay, with the formatting around them. */
export async function planChange(git: Git, files: Files, formatted: readonly Formatted[]): Promise<ChangePlan> {
  return files.withTemporaryFolder(async (folder) => {
    const changes: FileChange[] = [];
    const untouched: string[] = [];
    for (const [index, file] of formatted.entries()) {
      const { path, mode, formatted: id, working, replaced } = file;
      const stem = join(folder, String(index));
      const after = await mergedInto(git, files, stem, file);
      if (replaced || (working !== undefined && after === undefined)) untouched.push(path);
      const exchanged =
        working === undefined || after === undefined || after.equals(working)
          ? {}
          : { working: await keep(git, files, stem, working, after) };
      changes.push({ path, mode, formatted: id, ...exchanged });
    }
    return { files: changes, untouched };
  });
}

/** The working file with the formatting in it; undefined where both changed the same lines. */
async function mergedInto(
  git: Git,
  files: Files,
  stem: string,
  { before, after, working }: Formatted,
): Promise<Buffer | undefined> {
  if (working === undefined) return undefined;
  if (working.equals(before)) return after;
  await files.write(`${stem}.working`, working);
  await files.write(`${stem}.before`, before);
  await files.write(`${stem}.after`, after);
  // Into the first file, because what git prints would be read as text.
  const merge = await git.try(['merge-file', '--quiet', `${stem}.working`, `${stem}.before`, `${stem}.after`]);
  return merge.exitCode === 0 ? files.readBytes(`${stem}.working`) : undefined;
}

/** Both contents as blobs, byte for byte. */
async function keep(git: Git, files: Files, stem: string, working: Buffer, merged: Buffer) {
  const paths = [`${stem}.old`, `${stem}.new`];
  await files.write(`${stem}.old`, working);
  await files.write(`${stem}.new`, merged);
  const args = ['-c', 'core.fsync=all', 'hash-object', '-w', '--no-filters', '--stdin-paths'];
  const [before = '', after = ''] = (await git.run(args, { input: `${paths.join('\n')}\n` })).split('\n');
  return { before, after };
}
