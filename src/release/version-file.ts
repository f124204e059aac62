import { formatVersion, parseVersion, type Version } from '../core/version.ts';
import { findVersion, replaceVersion, textOf, UneditablePubspec, type VersionSpot } from './pubspec.ts';

/** A file besides the pubspec that carries the version. */
export interface VersionFile {
  readonly path: string;
  /** What stands before the version; undefined for a JSON or YAML file with a top-level `version`. */
  readonly after: string | undefined;
  /** Of a pubspec: names of the packages its constraints on which follow their versions. */
  readonly needing?: readonly string[];
}

/**
 * Where the version stands in such a file.
 * @throws UneditablePubspec when it is not there, there twice, or not a version.
 */
export function findVersionIn({ after }: VersionFile, text: string): VersionSpot {
  if (after === undefined) {
    const spot = findVersion(text);
    if (spot === undefined) throw new UneditablePubspec('it has no version');
    return spot;
  }
  const first = text.indexOf(after);
  if (first < 0) throw new UneditablePubspec(`it does not hold ${JSON.stringify(after)}`);
  if (text.indexOf(after, first + 1) >= 0)
    throw new UneditablePubspec(`it holds ${JSON.stringify(after)} more than once`);
  const start = first + after.length;
  const written = /^[0-9A-Za-z.+-]*/.exec(text.slice(start, start + 256))?.[0] ?? '';
  const version = parseVersion(written);
  if (version === undefined) throw new UneditablePubspec(`what follows ${JSON.stringify(after)} is not a version`);
  return { version, start, end: start + written.length };
}

/**
 * The same bytes with another version in that place; its build only where one stood before.
 * @throws UneditablePubspec
 */
export function replaceVersionIn(file: VersionFile, bytes: Buffer, version: Version): Buffer {
  const { version: written } = findVersionIn(file, textOf(bytes));
  return writeVersionIn(file, bytes, written.build === undefined ? version.core : formatVersion(version));
}

/** The same bytes with exactly `version` in that place. @throws UneditablePubspec */
export function writeVersionIn(file: VersionFile, bytes: Buffer, version: string): Buffer {
  if (file.after === undefined) return replaceVersion(bytes, version);
  const text = textOf(bytes);
  const { start, end } = findVersionIn(file, text);
  return Buffer.from(text.slice(0, start) + version + text.slice(end), 'utf8');
}
