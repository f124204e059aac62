import { lstat, open, readFile, rename, rm } from 'node:fs/promises';
import type { SwapFile } from './ports.ts';

export const swapFile: SwapFile = async (path, { before, after, draft }) => {
  const stat = await lstat(path).catch(() => undefined);
  if (!stat?.isFile()) return false;
  const handle = await open(draft, 'w', stat.mode);
  try {
    await handle.writeFile(after);
    // The mask of the process must not take away what the file allows.
    await handle.chmod(stat.mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
  // As late as can be: an editor may have saved meanwhile.
  if (!(await readFile(path)).equals(before)) {
    await rm(draft, { force: true });
    return false;
  }
  await rename(draft, path);
  return true;
};
