import semver from 'semver';
import { formatVersion, type Version } from '../core/version.ts';

/**
 * What a dependant's version constraint becomes when the package it needs gets `next`. A caret and an exact version
 * follow; a range that holds the new version, and `any`, stay; a range that does not becomes a caret. What asks for more
 * than `next` stays: somebody needs what is not released yet, and a release takes nothing back. Text that is no
 * constraint stays: pub itself says what is wrong with it. Syntax and meaning: dart.dev, "Package dependencies".
 */
export function nextConstraint(constraint: string, next: Version): string {
  const text = constraint.trim();
  if (text === '' || text === 'any') return constraint;
  if (/^\^/.test(text)) return follows(text.slice(1), next) ? `^${next.core}` : constraint;
  // For pub a build is part of the version: `1.3.0` does not hold `1.3.0+7`.
  if (semver.valid(text) !== null && !/^[v=]/.test(text)) return follows(text, next) ? formatVersion(next) : constraint;
  const bounds = readBounds(text);
  if (bounds === undefined || bounds.every((bound) => holds(bound, next, bounds))) return constraint;
  const asksForMore = bounds.some((bound) => bound.operator.startsWith('>') && !holds(bound, next, bounds));
  return asksForMore ? constraint : `^${next.core}`;
}

/** Whether the version that is asked for is a version, and not above the new one. */
function follows(written: string, next: Version): boolean {
  const wanted = semver.parse(written);
  return wanted !== null && semver.compareBuild(wanted, formatVersion(next)) <= 0;
}

/**
 * Which of two constraints asks for more, where both are a caret or both an exact version; undefined for any others,
 * of which somebody has made more than a release does.
 */
export function higherConstraint(one: string, other: string): string | undefined {
  const [first, second] = [one.trim(), other.trim()];
  if (first.startsWith('^') !== second.startsWith('^')) return undefined;
  const [a, b] = [first, second].map((text) => semver.parse(text.replace(/^\^/, '')));
  if (a == null || b == null) return undefined;
  return semver.compareBuild(a, b) < 0 ? other : one;
}

interface Bound {
  readonly operator: string;
  readonly version: semver.SemVer;
}

function readBounds(text: string): readonly Bound[] | undefined {
  if (!/^(?:(?:>=|<=|>|<)\s*[0-9][0-9A-Za-z.+-]*\s*)+$/.test(text) || text.length > 512) return undefined;
  const bounds = [...text.matchAll(/(>=|<=|>|<)\s*([0-9A-Za-z.+-]+)/g)].flatMap(([, operator = '', written = '']) => {
    const version = semver.parse(written);
    return version === null ? [] : [{ operator, version }];
  });
  return bounds.length === [...text.matchAll(/[<>]/g)].length ? bounds : undefined;
}

function holds({ operator, version }: Bound, next: Version, bounds: readonly Bound[]): boolean {
  const order = semver.compareBuild(formatVersion(next), version);
  if (operator === '>=') return order >= 0;
  if (operator === '>') return order > 0;
  if (operator === '<=') return order <= 0;
  return order < 0 && !isLeftOut(version, next, bounds);
}

/** `<2.0.0` leaves out the pre-releases of 2.0.0 too, unless the lower bound is one of them (pub_semver). */
function isLeftOut(below: semver.SemVer, next: Version, bounds: readonly Bound[]): boolean {
  const version = new semver.SemVer(next.core);
  if (below.prerelease.length > 0 || below.build.length > 0) return false;
  if (version.prerelease.length === 0 || version.compareMain(below) !== 0) return false;
  return !bounds.some(
    ({ operator, version: least }) =>
      operator.startsWith('>') && least.prerelease.length > 0 && least.compareMain(below) === 0,
  );
}
