import { link, mkdir, open, readFile, rename, rm, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EXIT, Problem } from '../core/problem.ts';
import { shellJoin } from '../core/shell-quote.ts';
import type { JsonLines } from './ports.ts';

/**
 * A file of JSON lines that survives a crash at any moment: it appears whole (written aside, synced, linked, folder
 * synced) and every appended line is synced before the call returns. A last line torn by a crash is not an entry.
 */
export function journalFile<T>(path: string): JsonLines<T> {
  return {
    path,
    read: async () => parseLines<T>(path, await readIfThere(path)),
    append: (entry) => appendLine(path, entry),
    begin: (entry) => createWith(path, entry),
    remove: () => rm(path, { force: true }),
    archive: async () => {
      await rename(path, path.replace(/(\.\w+)?$/, '.last$1'));
      await syncFolder(dirname(path));
    },
    moveTo: async (to) => {
      await mkdir(dirname(to), { recursive: true });
      if (!(await linked(path, to))) return false;
      await syncFolder(dirname(to));
      await unlink(path);
      await syncFolder(dirname(path));
      return true;
    },
  };
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function parseLines<T>(path: string, text: string): readonly T[] {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => {
      const entry = parseObject(line);
      if (entry === undefined) throw damaged(path, index + 1);
      return entry as T;
    });
}

function parseObject(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Only the last line can be torn by a crash: any other was changed by someone, or by a failing disk. */
function damaged(path: string, line: number): Problem {
  return new Problem({
    code: 'journal-damaged',
    what: `${path} is damaged`,
    why: `line ${line} is no JSON object`,
    fix: `mend that line, or do without what it says: ${shellJoin(['mv', path, `${path}.damaged`])}`,
    exit: EXIT.refused,
  });
}

async function appendLine(path: string, entry: unknown): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    // A torn line is overwritten: what follows the last newline was never acknowledged.
    const text = await handle.readFile('utf8');
    const end = Buffer.byteLength(text.slice(0, text.lastIndexOf('\n') + 1));
    await handle.truncate(end);
    await handle.write(`${JSON.stringify(entry)}\n`, end);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Link, not rename: of two that begin at once exactly one succeeds. */
async function createWith(path: string, entry: unknown): Promise<boolean> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const aside = `${path}.${process.pid}.new`;
  const handle = await open(aside, 'w');
  try {
    await handle.writeFile(`${JSON.stringify(entry)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    if (!(await linked(aside, path))) return false;
  } finally {
    await unlink(aside);
  }
  await syncFolder(folder);
  return true;
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder; its file system orders the rename itself.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
