import { parseVersion } from './version.ts';

const PLACEHOLDER = '{version}';

/** The tag of a version, e.g. `v{version}` and `0.3.0` make `v0.3.0`. */
export function tagOf(format: string, version: string): string {
  return format.replace(PLACEHOLDER, () => version);
}

/** The version a tag stands for; undefined for a tag of another kind. */
export function versionOfTag(format: string, tag: string): string | undefined {
  const [before = '', after = ''] = format.split(PLACEHOLDER);
  if (!tag.startsWith(before) || !tag.endsWith(after) || tag.length <= before.length + after.length) return undefined;
  const text = tag.slice(before.length, tag.length - after.length);
  return parseVersion(text) === undefined ? undefined : text;
}
