import {
  access,
  chmod,
  constants,
  mkdir,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Files } from './ports.ts';
import { withTemporaryFolder } from './temporary-folder.ts';

/** A path that names nothing: no such entry, or one of its folders is a file. */
const ABSENT: readonly unknown[] = ['ENOENT', 'ENOTDIR'];

export const diskFiles: Files = {
  exists: (path) =>
    access(path).then(
      () => true,
      () => false,
    ),
  isExecutable: (path) =>
    access(path, constants.X_OK).then(
      () => true,
      () => false,
    ),
  readText: async (path) => (await readIfThere(path))?.toString('utf8'),
  readBytes: readIfThere,
  remove: (path) => rm(path, { force: true }),
  list: (path) => readdir(path).catch(() => []),
  write: (path, content) => writeFile(path, content),
  replace: async (path, content, mode = 0o666) => {
    await mkdir(dirname(path), { recursive: true });
    const aside = `${path}.${process.pid}.new`;
    const present = await stat(path).catch(() => undefined);
    try {
      // One that was left behind may be open to others. Nor may they read this one before it has its mode.
      await rm(aside, { force: true });
      await writeFile(aside, content, { mode: present?.isFile() ? present.mode & 0o777 : mode, flag: 'wx' });
      // The mask of the process must not take away what the file allows.
      if (present?.isFile()) await chmod(aside, present.mode & 0o7777);
      await rename(aside, path);
    } catch (error) {
      await rm(aside, { force: true });
      // Nobody knows the draft: its folder takes no more files, or the file itself is in the way.
      throw Object.assign(error as Error, { path: inTheWay(error) ? path : dirname(path) });
    }
  },
  modified: (path) =>
    stat(path).then(
      ({ mtime }) => mtime,
      () => undefined,
    ),
  realPath: (path) => realpath(path).catch(() => undefined),
  linkText: (path) => readlink(path).catch(() => undefined),
  isFolder: (path) =>
    stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    ),
  makeFolder: async (path) => {
    await mkdir(path, { recursive: true });
  },
  withTemporaryFolder,
};

const inTheWay = (error: unknown) => (error as NodeJS.ErrnoException).syscall === 'rename';

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (ABSENT.includes((error as NodeJS.ErrnoException).code)) return undefined;
    // Node does not name a folder that was to be read as a file.
    throw Object.assign(error as Error, { path });
  }
}
