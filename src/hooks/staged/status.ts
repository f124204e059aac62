/** An entry of `git status`: what is staged of a file, and whether the working tree has something else. */
export interface StatusEntry {
  readonly path: string;
  /** Octal, as in the index; `000000` for what a commit would delete. */
  readonly stagedMode: string;
  readonly stagedId: string;
  /** Whether a commit would change it. */
  readonly staged: boolean;
  /** Whether the working tree differs from what is staged. */
  readonly unstaged: boolean;
  readonly untracked: boolean;
}

/** What git is asked with for {@link parseStatus}. It takes no lock, lest it meets the commit's own. */
export const STATUS = [
  '--no-optional-locks',
  'status',
  '--porcelain=v2',
  '-z',
  '--no-renames',
  '--untracked-files=all',
  '--ignore-submodules=all',
] as const;

/** Reads `git status --porcelain=v2 -z` without renames. What is announced by `git add -N` is not staged. */
export function parseStatus(text: string): readonly StatusEntry[] {
  return text.split('\0').flatMap((line): readonly StatusEntry[] => {
    const untracked = /^\? (.+)$/s.exec(line)?.[1];
    if (untracked !== undefined) {
      const none = { stagedMode: '000000', stagedId: '', staged: false, unstaged: false };
      return [{ path: untracked, ...none, untracked: true }];
    }
    const [, x, y, mode = '', id = '', path = ''] =
      /^1 (.)(.) \S+ \d+ (\d+) \d+ [0-9a-f]+ ([0-9a-f]+) (.+)$/s.exec(line) ?? [];
    if (x === undefined) return [];
    return [{ path, stagedMode: mode, stagedId: id, staged: x !== '.', unstaged: y !== '.', untracked: false }];
  });
}

/** Files of Dart that a commit would add or change: no links, no submodules. */
export function stagedDartFiles(entries: readonly StatusEntry[]): readonly StatusEntry[] {
  return entries.filter(({ path, staged, stagedMode }) => staged && isDart(path) && stagedMode.startsWith('100'));
}

/** Whether the working tree would be analysed differently from what is staged. */
export function differsForAnalysis(entries: readonly StatusEntry[]): boolean {
  return entries.some(
    ({ path, unstaged, untracked }) => (unstaged && (isDart(path) || isSetting(path))) || (untracked && isDart(path)),
  );
}

export const isDart = (path: string) => path.endsWith('.dart');

/** A file that tools of Dart may take settings from. */
export const isSetting = (path: string) => /\.ya?ml$/.test(path);
