import { posix } from 'node:path';
import { EXIT, Problem } from '../../core/problem.ts';
import { shellQuote } from '../../core/shell-quote.ts';
import type { Files } from '../../io/ports.ts';
import type { PlannedFile } from './plan.ts';

/** A planned file with the place, absolute, where its content goes. */
export interface PlacedFile extends PlannedFile {
  readonly target: string;
}

/**
 * Where planned files are written: a symbolic link stays one, and the file that it names gets the content.
 * @param root of the worktree
 * @throws Problem `link-outside`
 */
export async function placePlanned(
  files: Files,
  root: string,
  planned: readonly PlannedFile[],
): Promise<readonly PlacedFile[]> {
  const inside = `${(await files.realPath(root)) ?? root}/`.replaceAll('\\', '/');
  const place = async (file: PlannedFile) => {
    const path = posix.join(root, file.path);
    const target = (await files.realPath(path)) ?? path;
    // A file that is not there yet leads nowhere.
    if (target !== path && !target.replaceAll('\\', '/').startsWith(inside)) throw linkOutside(file.path, target);
    return { ...file, target };
  };
  return Promise.all(planned.map(place));
}

/** Writes them, one after the other. */
export async function writePlaced(files: Files, placed: readonly PlacedFile[]): Promise<void> {
  for (const { target, content, mode } of placed) await files.replace(target, content, mode);
}

function linkOutside(path: string, target: string): Problem {
  const [file, copy] = [path, `${path}.new`].map(shellQuote);
  return new Problem({
    code: 'link-outside',
    what: `${path} is a link to ${target}, which is not changed`,
    why: 'that file is outside of the repository, where others may use it',
    fix: `cp ${file} ${copy} && mv ${copy} ${file} (makes it a file of the repository), then the same command again`,
    exit: EXIT.refused,
  });
}
