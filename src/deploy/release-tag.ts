import semver from 'semver';

/** The version a tag stands for under a format such as `v{version}`; undefined for a tag of another kind. */
export function versionOfTag(format: string, tag: string): string | undefined {
  const [before = '', after = ''] = format.split('{version}');
  if (!tag.startsWith(before) || !tag.endsWith(after) || tag.length <= before.length + after.length) return undefined;
  const text = tag.slice(before.length, tag.length - after.length);
  // semver itself would also read " v1.2.3"; a tag must say exactly the version.
  return semver.valid(text, { loose: false }) !== null && /^\d/.test(text) ? text : undefined;
}

export function isPrerelease(version: string): boolean {
  return semver.prerelease(version) !== null;
}

/** Whether `a` precedes `b` by semver 2.0.0. */
export function isOlder(a: string, b: string): boolean {
  return semver.lt(a, b);
}

/** The tag of the highest release by semver; pre-releases are nobody's default. */
export function highestRelease(format: string, tags: readonly string[]): string | undefined {
  const releases = tags.flatMap((tag) => {
    const version = versionOfTag(format, tag);
    return version === undefined || isPrerelease(version) ? [] : [{ tag, version }];
  });
  return releases.sort((a, b) => semver.rcompare(a.version, b.version))[0]?.tag;
}
