import { formatFor, readTag, tagOf } from '../core/tag-name.ts';
import { parseVersion } from '../core/version.ts';

/**
 * The release tag that a word names: a tag, or a version, which of independent packages is that of the one that is named
 * with it. Undefined for any other word, as a bump.
 */
export function namedTag(format: string, word: string, packages: readonly string[]): string | undefined {
  if (readTag(format, word) !== undefined) return word;
  const version = word.replace(/^v/, '');
  if (parseVersion(version) === undefined) return undefined;
  const own = packages[0] === undefined ? format : formatFor(format, packages[0]);
  const tag = tagOf(own, version);
  return readTag(format, tag) === undefined || packages.length > 1 ? undefined : tag;
}
