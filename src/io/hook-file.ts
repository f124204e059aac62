import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { WriteHook } from './ports.ts';

export const writeHook: WriteHook = async (path, content, marker) => {
  const present = await readFile(path, 'utf8').catch(() => undefined);
  if (present !== undefined && !present.includes(marker)) return false;
  await mkdir(dirname(path), { recursive: true });
  // A push may come at any time: there is always a whole hook, the old one or the new.
  const draft = `${path}.tagship-${process.pid}`;
  await writeFile(draft, content);
  await chmod(draft, 0o755);
  await rename(draft, path);
  return true;
};
