import { EXIT, Problem } from '../core/problem.ts';
import { GitFailure } from '../io/git-failure.ts';
import type { ReleaseJournal } from '../release/journal.ts';

/**
 * Turns what git and the file system refuse (a full disk, a read-only folder, a filter that fails) into what the user
 * can act on. Whether the release can be taken up is for its journal to say.
 */
export async function tellingFailures<T>(journal: ReleaseJournal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const what = describe(error);
    if (what === undefined) throw error;
    const begun = await journal.read().then(
      (entries) => entries.length > 0,
      () => false,
    );
    throw new Problem({
      code: 'release-failed',
      what: begun ? what.what : `${what.what}; nothing has changed`,
      why: what.why,
      fix: begun
        ? 'mend it, then: tagship release continue (or: tagship release abort)'
        : 'mend it, then run the same command again',
      exit: begun ? EXIT.resumable : EXIT.refused,
      cause: error,
    });
  }
}

/** Undefined for an error that only a bug of tagship's own explains. */
function describe(error: unknown): { what: string; why: string } | undefined {
  if (error instanceof GitFailure) {
    return { what: `git ${error.command} failed`, why: error.result.stderr.trim() };
  }
  const { syscall, path, message } = error as NodeJS.ErrnoException;
  if (!(error instanceof Error) || syscall === undefined) return undefined;
  return { what: `${path ?? 'a file'} could not be used`, why: message };
}
