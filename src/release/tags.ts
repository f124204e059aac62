import type { ReleaseDetails, ReleaseTag } from './plan-types.ts';

/** The tags of a release, as they are named to the user. */
export const tagNames = ({ tags }: Pick<ReleaseDetails, 'tags'>) => tags.map(({ name }) => name).join(', ');

/** The notes of several tags as one text; no file holds them so. */
export const joinNotes = (tags: readonly Pick<ReleaseTag, 'notes'>[]) => tags.map(({ notes }) => notes).join('\n\n');
