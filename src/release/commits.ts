import createPreset from 'conventional-changelog-conventionalcommits';
import { type Commit, CommitParser } from 'conventional-commits-parser';
import type { Bump } from '../core/version.ts';
import { withoutReverted } from './reverted.ts';

/** A commit since the last release, as git log tells it. */
export interface LoggedCommit {
  readonly hash: string;
  /** Subject, body and trailers as written. */
  readonly message: string;
}

export type ParsedCommit = Commit & { readonly hash: string };

/**
 * Reads commits by the Conventional Commits 1.0.0 rules; those of other shapes are kept, without a type. What was taken
 * back again is left out.
 * @param commits newest first
 */
export function parseCommits(commits: readonly LoggedCommit[]): readonly ParsedCommit[] {
  const parser = new CommitParser({ ...createPreset().parser, notesPattern });
  return withoutReverted(commits)
    .filter(({ message }) => message.trim() !== '')
    .map(({ hash, message }) => {
      const parsed = parser.parse(message);
      const notes = parsed.notes.map((note) => ({ ...note, text: withoutTrailers(note.text) }));
      return Object.assign(parsed, { notes, hash });
    });
}

/** In capitals and with a colon: in prose a breaking change is only spoken of. */
const notesPattern = (keywords: string) => new RegExp(`^[\\s|*]*(${keywords}):\\s*(.*)`);

/** Git's trailers below a note, such as `Co-authored-by`, are no part of it. */
const withoutTrailers = (note: string) => note.replace(/\n+(?:[A-Za-z]+(?:-[A-Za-z0-9]+)+|Refs): [\s\S]*$/, '');

/**
 * The bump that the commits ask for: breaking changes major, features minor, all else patch.
 * @param breakingInZero what a breaking change asks for below 1.0.0, where anything may change (semver 2.0.0, item 4)
 */
export function bumpFor(commits: readonly ParsedCommit[], current: string, breakingInZero: 'minor' | 'major'): Bump {
  if (commits.some(({ notes }) => notes.length > 0)) return current.startsWith('0.') ? breakingInZero : 'major';
  return commits.some(({ type }) => /^feat(ure)?$/i.test(type ?? '')) ? 'minor' : 'patch';
}
