/** An entry of `git status`: what is staged of a file, and whether the working tree has something else. */
export interface StatusEntry {
  readonly path: string;
  /** Octal, as in the index; `000000` for what a commit would delete. */
  readonly stagedMode: string;
  readonly stagedId: string;
  /** Whether a commit would change it. */
  readonly staged: boolean;
  /** git's letter for what the working tree has else than what is staged: `.` for nothing, `M`, `D`, `T`; `?`: untracked. */
  readonly worktree: string;
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
      return [{ path: untracked, stagedMode: '000000', stagedId: '', staged: false, worktree: '?' }];
    }
    const [, x, worktree = '.', mode = '', id = '', path = ''] =
      /^1 (.)(.) \S+ \d+ (\d+) \d+ [0-9a-f]+ ([0-9a-f]+) (.+)$/s.exec(line) ?? [];
    if (x === undefined) return [];
    return [{ path, stagedMode: mode, stagedId: id, staged: x !== '.', worktree }];
  });
}

/** Files of Dart that a commit would add or change: no links, no submodules. */
export function stagedDartFiles(entries: readonly StatusEntry[]): readonly StatusEntry[] {
  return entries.filter(({ path, staged, stagedMode }) => staged && isDart(path) && stagedMode.startsWith('100'));
}

/** Whether the working tree would be analysed differently from what is staged. */
export function differsForAnalysis(entries: readonly StatusEntry[]): boolean {
  return entries.some(({ path, worktree }) =>
    worktree === '?' ? isDart(path) : worktree !== '.' && (isDart(path) || isSetting(path)),
  );
}

/**
 * Whether the working tree has the file itself. Where a folder was replaced by a link, git calls the file gone, and what its
 * path leads to is another's.
 */
export const isPlainThere = ({ worktree }: StatusEntry) => worktree === '.' || worktree === 'M';

/** Whether the working tree has something else than a file in its place: a link. */
export const isReplaced = ({ worktree }: StatusEntry) => worktree === 'T';

export const isDart = (path: string) => path.endsWith('.dart');

/** A file that tools of Dart may take settings from. */
export const isSetting = (path: string) => /\.ya?ml$/.test(path);
