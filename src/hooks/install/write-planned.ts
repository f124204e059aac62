import { posix } from 'node:path';
import type { Files } from '../../io/ports.ts';
import { linkOutside, linksShared } from './link-problems.ts';
import type { PlannedFile } from './plan.ts';
import { whereTo } from './where-to.ts';

/** A planned file with the place, absolute, where its content goes. */
export interface PlacedFile extends PlannedFile {
  readonly target: string;
}

/**
 * Where planned files are written: a symbolic link stays one, and the file that it names gets the content.
 * @param root of the worktree
 * @throws Problem `link-outside`, `links-shared`
 */
export async function placePlanned(
  files: Files,
  root: string,
  planned: readonly PlannedFile[],
): Promise<readonly PlacedFile[]> {
  const inside = `${(await files.realPath(root)) ?? root}/`.replaceAll('\\', '/');
  const place = async (file: PlannedFile) => {
    let target = '';
    // The first that leads out is the link: what stands above it is inside.
    for (const part of partsOf(file.path)) {
      const found = await whereTo(files, posix.join(root, part));
      if (!found?.replaceAll('\\', '/').startsWith(inside)) throw await linkOutside(files, root, part, found);
      target = found;
    }
    return { ...file, target };
  };
  const placed = await Promise.all(planned.map(place));
  for (const { target } of placed) {
    const sharing = placed.filter((other) => other.target === target);
    if (sharing.length > 1) throw await linksShared(files, root, sharing);
  }
  return placed;
}

/** `.husky`, `.husky/pre-commit`. */
const partsOf = (path: string) => path.split('/').map((_, index, names) => posix.join(...names.slice(0, index + 1)));

/** Writes them, one after the other. */
export async function writePlaced(files: Files, placed: readonly PlacedFile[]): Promise<void> {
  for (const { target, content, mode } of placed) await files.replace(target, content, mode);
}
