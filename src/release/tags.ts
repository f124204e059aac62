import type { ReleaseDetails, ReleaseTag } from './plan-types.ts';

/** As many as one reads in a line. */
const MOST = 5;

/** Names in one line: all, or the first few and how many more there are. */
export function named(words: readonly string[]): string {
  if (words.length <= MOST + 1) return words.join(', ');
  return `${words.slice(0, MOST).join(', ')} and ${words.length - MOST} more`;
}

/** The tags of a release, as they are named to the user. */
export const tagNames = ({ tags }: Pick<ReleaseDetails, 'tags'>) => named(tags.map(({ name }) => name));

/** The notes of several tags as one text; no file holds them so. */
export function joinNotes(tags: readonly Pick<ReleaseTag, 'name' | 'notes'>[]): string {
  if (tags.length < 2) return tags.map(({ notes }) => notes).join('');
  return tags.map(({ name, notes }) => `# ${name}\n\n${notes}`).join('\n\n');
}
