import semver from 'semver';

/** A version as a pubspec writes it: `1.18.2`, `1.18.2+64`, `1.3.0-beta.1+7`. */
export interface Version {
  /** `major.minor.patch[-pre]`, without build metadata. */
  readonly core: string;
  /** What follows `+`, as written; undefined when there is none. */
  readonly build: string | undefined;
}

export type Bump = 'major' | 'minor' | 'patch';

/** Reads a strict semantic version with optional build metadata; undefined for anything else. */
export function parseVersion(text: string): Version | undefined {
  // The length bound is semver's own; it keeps a hostile pubspec from costing time.
  if (text.length > 256 || semver.parse(text) === null || /^[v=\s]|\s$/.test(text)) return undefined;
  const plus = text.indexOf('+');
  return plus < 0 ? { core: text, build: undefined } : { core: text.slice(0, plus), build: text.slice(plus + 1) };
}

export function formatVersion({ core, build }: Version): string {
  return build === undefined ? core : `${core}+${build}`;
}

/** The next release after `current` by semver 2.0.0 precedence: a pre-release is followed by its own release. */
export function bumped(current: string, bump: Bump): string {
  const next = semver.inc(current, bump);
  if (next === null) throw new RangeError(`not a version: ${current}`);
  return next;
}

/** Whether `a` precedes `b`; build metadata has no say (semver 2.0.0, item 10). */
export function isLower(a: string, b: string): boolean {
  return semver.lt(a, b);
}

/**
 * The build number of the next release: one more than the highest number in use, because the app stores refuse a
 * number that does not grow. Undefined when no build is used; a build that is not a whole number is kept as it is.
 */
export function nextBuild(current: Version, others: readonly Version[]): string | undefined {
  if (current.build === undefined || !isNumber(current.build)) return current.build;
  const used = [current, ...others].flatMap(({ build }) =>
    build !== undefined && isNumber(build) ? [BigInt(build)] : [],
  );
  // biome-ignore lint/complexity/useMathMinMax: Math.max does not take big integers
  return String(used.reduce((highest, build) => (build > highest ? build : highest)) + 1n);
}

const isNumber = (text: string) => /^\d+$/.test(text);
