import type { Config, EnvironmentConfig } from '../config/schema.ts';
import { formatFor, tagOf, versionOfTag } from '../core/tag-name.ts';
import { isLower, isPreRelease } from '../core/version.ts';

/** How the releases are tagged that an environment gets: those of its package, where packages are independent. */
export function tagFormatOf({ release }: Pick<Config, 'release'>, { package: name }: EnvironmentConfig): string {
  return name === undefined ? release.tag : formatFor(release.tag, name);
}

/** The tag of the highest release by semver; pre-releases are nobody's default. */
export function highestRelease(format: string, tags: readonly string[]): string | undefined {
  let highest: { readonly tag: string; readonly version: string } | undefined;
  for (const tag of tags) {
    const version = versionOfTag(format, tag);
    if (version === undefined || isPreRelease(version)) continue;
    if (highest === undefined || isLower(highest.version, version)) highest = { tag, version };
  }
  return highest?.tag;
}

/** The tag that whoever typed a version, or the tag of another habit, must have meant; undefined where there is no such tag. */
export function meantTag(format: string, typed: string, tags: readonly string[]): string | undefined {
  const meant = tagOf(format, typed.replace(/^v/i, ''));
  return tags.includes(meant) ? meant : undefined;
}
