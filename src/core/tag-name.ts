import { parseVersion } from './version.ts';

const [NAME, VERSION] = ['{name}', '{version}'];

/** What a package may be called (dart.dev, "The pubspec file"): nothing that a tag or a path could be mistaken by. */
export const PACKAGE_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;

/** Whether tags of this format name the package that they are of. */
export const namesPackage = (format: string) => format.includes(NAME);

/** How one package is tagged: `{name}-v{version}` and `core` make `core-v{version}`. A format without a name stays. */
export function formatFor(format: string, name: string): string {
  return format.replace(NAME, () => name);
}

/** The tag of a version, e.g. `v{version}` and `0.3.0` make `v0.3.0`. */
export function tagOf(format: string, version: string): string {
  return format.replace(VERSION, () => version);
}

/** A tag of the format's own, to show how they look. */
export const exampleTag = (format: string) => tagOf(formatFor(format, 'app'), '1.2.3');

/** What a release tag stands for. */
export interface TaggedVersion {
  /** Of the package; undefined where the format names none. */
  readonly name: string | undefined;
  readonly version: string;
}

/**
 * Reads a tag of this format; undefined for a tag of another kind. Where it names a package, that ends at the first
 * sign no name can hold: what comes next in a format begins with one.
 */
export function readTag(format: string, tag: string): TaggedVersion | undefined {
  const at = format.indexOf(NAME);
  const name = at < 0 ? undefined : /^\w+/.exec(tag.slice(at))?.[0];
  if (at >= 0 && (name === undefined || !PACKAGE_NAME.test(name))) return undefined;
  const version = versionOfTag(name === undefined ? format : formatFor(format, name), tag);
  return version === undefined ? undefined : { name, version };
}

/** The version a tag stands for; undefined for a tag of another kind. @param format of one package's tags */
export function versionOfTag(format: string, tag: string): string | undefined {
  const [before = '', after = ''] = format.split(VERSION);
  if (!tag.startsWith(before) || !tag.endsWith(after) || tag.length <= before.length + after.length) return undefined;
  const text = tag.slice(before.length, tag.length - after.length);
  return parseVersion(text) === undefined ? undefined : text;
}
