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

export function isPreRelease(version: string): boolean {
  return semver.prerelease(version) !== null;
}

/** The word of a pre-release, e.g. `beta`; undefined for a release. */
export function preReleaseId(version: string): string | undefined {
  const [word] = semver.prerelease(version) ?? [];
  return word === undefined ? undefined : String(word);
}

/** Whether `a` precedes `b`; build metadata has no say (semver 2.0.0, item 10). */
export function isLower(a: string, b: string): boolean {
  return semver.lt(a, b);
}

/**
 * The build number of the next release: higher than every number in use, because the app stores refuse one that does
 * not grow. Undefined when no build is used; a build that is not a whole number is kept as it is.
 * @param fresh the number stands for this very release already and is kept if it is the highest
 * @param chosen a number from elsewhere, taken as it is; whether it grows is for the caller to judge
 */
export function nextBuild(
  current: Version,
  others: readonly Version[],
  { fresh = false, chosen }: { fresh?: boolean; chosen?: string | undefined } = {},
): string | undefined {
  if (chosen !== undefined) return chosen;
  if (current.build === undefined || !isNumber(current.build)) return current.build;
  const own = BigInt(current.build);
  const highest = highestBuild(others);
  if (fresh && (highest === undefined || own > highest)) return current.build;
  return String((highest === undefined || own > highest ? own : highest) + 1n);
}

/** The highest whole-number build among them. */
export function highestBuild(versions: readonly Version[]): bigint | undefined {
  const numbers = versions.flatMap(({ build }) => (build !== undefined && isNumber(build) ? [BigInt(build)] : []));
  return numbers.reduce<bigint | undefined>(
    (highest, build) => (highest === undefined || build > highest ? build : highest),
    undefined,
  );
}

const isNumber = (text: string) => /^\d+$/.test(text);
