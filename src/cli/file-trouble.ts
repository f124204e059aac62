import { EXIT, Problem } from '../core/problem.ts';
import { shellQuote } from '../core/shell-quote.ts';
import { GitFailure } from '../io/git-failure.ts';

interface Trouble {
  readonly what: string;
  /** Ends with a command; the path comes behind it. */
  readonly mend: string;
  /** The command wants to know where to as well: a path beside it, with this at its end. */
  readonly aside?: string;
}

/** What the system says of a file, by its error codes (errno(3)), and what a person can do about it. */
const TROUBLES: Readonly<Record<string, Trouble>> = {
  EACCES: { what: 'may not be read or written', mend: 'see whose it is: ls -ld' },
  EPERM: { what: 'may not be changed', mend: 'see whose it is: ls -ld' },
  EROFS: { what: 'is on a read-only file system', mend: 'see how it is mounted: df' },
  ENOSPC: { what: 'has no room left on its disk', mend: 'make room there: df -h' },
  EDQUOT: { what: 'is on a disk whose quota is used up', mend: 'make room there: df -h' },
  EISDIR: { what: 'is a folder where a file is needed', mend: 'move it away: mv -i', aside: '.old' },
  ENOTDIR: { what: 'goes through a file where a folder is needed', mend: 'see what is there: ls -ld' },
  EEXIST: { what: 'is a file where a folder is needed', mend: 'see what is there: ls -ld' },
  ELOOP: { what: 'is a link that leads back to itself', mend: 'see where it leads: ls -l' },
};

/** A failure of the file system, or of git, as a mishap of the machine, which is no bug; anything else stays what it is. */
export function fileTrouble(error: unknown): unknown {
  if (error instanceof GitFailure) return gitTrouble(error);
  if (!(error instanceof Error) || !('code' in error)) return error;
  // A program that may not be started is no file of the user's.
  if ('syscall' in error && String(error.syscall).startsWith('spawn')) return error;
  const trouble = TROUBLES[String(error.code)];
  if (trouble === undefined) return error;
  // A write to an open file does not name it.
  const path = 'path' in error ? String(error.path) : undefined;
  const paths = path === undefined ? [] : [path, ...(trouble.aside === undefined ? [] : [`${path}${trouble.aside}`])];
  return new Problem({
    code: 'file-trouble',
    what: `${path ?? 'a file'} ${trouble.what}`,
    fix: `${[trouble.mend, ...paths.map(shellQuote)].join(' ')}; then run the same command again`,
    exit: EXIT.resumable,
    cause: error,
  });
}

function gitTrouble(error: GitFailure): Problem {
  return new Problem({
    code: 'git-failed',
    what: `git ${error.command} failed`,
    why: error.result.stderr.trim(),
    fix: 'mend what git names, then run the same command again',
    exit: EXIT.resumable,
    cause: error,
  });
}
