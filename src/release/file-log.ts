import type { Git } from '../io/ports.ts';
import type { LoggedCommit } from './commits.ts';

/** A commit with the paths it changed. */
export interface FileCommit extends LoggedCommit {
  readonly parents: readonly string[];
  /** From the root of the repository; both names of a file that was moved. None for a merge. */
  readonly files: readonly string[];
}

/** Told in the same way whatever the user's configuration says about logs. */
const LOG: readonly string[] = [
  'log',
  '-z',
  '--no-show-signature',
  '--encoding=UTF-8',
  '--name-only',
  '--no-renames',
  '--no-relative',
  '--diff-merges=off',
  '--format=%x00%H %P%n%B%x00',
];

/** What each record looks like: no message and no path holds a NUL, and no path is empty. */
const RECORD = /\0([^\0]+)\0\0(?:\n((?:[^\0]+\0)+))?/g;

/**
 * Commits that are reachable from these revisions (`^x`: and not from x), newest first.
 * @param folders only those that changed a file below one of them, merges left out; '' is the root
 */
export async function logWithFiles(
  git: Git,
  revisions: readonly string[],
  folders?: readonly string[],
): Promise<readonly FileCommit[]> {
  const below = folders === undefined ? [] : ['--no-merges', '--full-history'];
  const paths = (folders ?? []).map((folder) => `:(top,literal)${folder}`);
  const output = await git.run([...LOG, ...below, ...revisions, '--', ...paths]);
  return [...output.matchAll(RECORD)].map(([, record = '', files = '']) => {
    const [header = '', ...message] = record.split('\n');
    const [hash = '', ...parents] = header.split(' ').filter(Boolean);
    return { hash, parents, message: message.join('\n'), files: files.split('\0').filter(Boolean) };
  });
}

/** A commit and everything it is built on, as far as these commits go. */
export function reachableFrom(tip: string, commits: ReadonlyMap<string, FileCommit>): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [tip];
  for (let hash = open.pop(); hash !== undefined; hash = open.pop()) {
    const commit = found.has(hash) ? undefined : commits.get(hash);
    if (commit === undefined) continue;
    found.add(hash);
    open.push(...commit.parents);
  }
  return found;
}
