import { existsSync, readFileSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { isVerifiedPush, type QuickLook } from '../hooks/verified/quick.ts';

/**
 * Lets a verified push through before anything else is loaded.
 * @param args what git gives to pre-push
 * @param input what it gives on standard input
 */
export function isQuickPush(args: readonly string[], input: string | undefined): boolean {
  const [remote = '', url = ''] = args;
  // It says nothing, and a document was asked for.
  if (args.includes('--json')) return false;
  const common = commonFolder(process.env.GIT_DIR ?? '.git');
  if (input === undefined || common === undefined) return false;
  return isVerifiedPush(look, { common, remote, url }, input);
}

const look: QuickLook = {
  read,
  exists: existsSync,
  isSameFile: (path, other) => {
    const [one, two] = [path, other].map((file) => statSync(file, { throwIfNoEntry: false }));
    return one !== undefined && one.ino === two?.ino && one.dev === two.dev;
  },
  path: (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== ''),
};

/** Two files lead to the folder that all worktrees share, each a line long. */
function commonFolder(start: string): string | undefined {
  const link = read(start);
  const folder = link?.startsWith('gitdir: ') ? link.slice('gitdir: '.length).trimEnd() : start;
  const shared = read(join(folder, 'commondir'))?.trimEnd();
  if (shared === undefined) return existsSync(folder) ? folder : undefined;
  return isAbsolute(shared) ? shared : join(folder, shared);
}

/** Undefined for what is no file that can be read. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
