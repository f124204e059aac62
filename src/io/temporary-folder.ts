import { lstat, mkdtemp, readdir, readlink, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT, Problem } from '../core/problem.ts';

/**
 * Gives `use` a new empty folder and removes it afterwards. A run that is killed cannot: its folder bears its process
 * number, and the next run removes it.
 * @throws Problem `no-temporary-folder`
 */
export async function withTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const prefix = `tagship-${await processNamespace()}-`;
  await removeAbandoned(prefix);
  const folder = await realpath(await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`)));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Process numbers mean something inside one namespace alone, and containers may share a folder for temporary files. */
async function processNamespace(): Promise<string> {
  const name = await readlink('/proc/self/ns/pid').catch(() => '');
  return /\d+/.exec(name)?.[0] ?? '0';
}

async function removeAbandoned(prefix: string): Promise<void> {
  for (const name of await readdir(tmpdir()).catch(noFolder)) {
    const owner = name.startsWith(prefix) ? /^(\d+)-/.exec(name.slice(prefix.length))?.[1] : undefined;
    if (owner === undefined || runs(Number(owner))) continue;
    const path = join(tmpdir(), name);
    const uid = (await lstat(path).catch(() => undefined))?.uid;
    // What cannot be removed is in nobody's way.
    if (uid === process.getuid?.()) await rm(path, { recursive: true, force: true }).catch(() => {});
  }
}

/** @throws Problem `no-temporary-folder` */
function noFolder(error: NodeJS.ErrnoException): never {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
  const what = `there is no folder ${tmpdir()} for temporary files`;
  const fix = 'set TMPDIR to a folder that is there, then run the same command again';
  throw new Problem({ code: 'no-temporary-folder', what, fix, exit: EXIT.refused });
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
