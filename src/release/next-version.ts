import semver from 'semver';
import type { ReleaseConfig } from '../config/schema.ts';
import { EXIT, Problem } from '../core/problem.ts';
import { shellQuote } from '../core/shell-quote.ts';
import { type Bump, bumped, parseVersion } from '../core/version.ts';
import { bumpFor, type ParsedCommit } from './commits.ts';
import type { ReleaseRequest } from './plan-types.ts';

const BUMPS: readonly string[] = ['major', 'minor', 'patch', 'auto'];
/** Whether it may name a pre-release, as `beta` does. */
export const isPreReleaseWord = (text: string) => /^[A-Za-z][0-9A-Za-z-]{0,30}$/.test(text);

/**
 * The version asked for, without build metadata.
 * @param current the pubspec's version
 * @param taken versions that have a tag: a pre-release gets the next free number
 * @throws Problem `version-invalid`
 */
export function nextVersion(
  { target, pre }: Pick<ReleaseRequest, 'target' | 'pre'>,
  current: string,
  commits: readonly ParsedCommit[],
  taken: readonly string[],
  config: Pick<ReleaseConfig, 'breakingInZero'>,
): string {
  if (!BUMPS.includes(target)) return explicitVersion(target, pre);
  const bump = target === 'auto' ? bumpFor(commits, current, config.breakingInZero) : (target as Bump);
  const release = bumped(current, bump);
  if (pre === undefined) return release;
  if (!isPreReleaseWord(pre)) throw invalid(`"${pre}" cannot name a pre-release`, 'a word such as beta or rc');
  const numbers = [current, ...taken].flatMap((version) => preReleaseNumber(version, release, pre));
  return `${release}-${pre}.${Math.max(0, ...numbers) + 1}`;
}

/** N of `RELEASE-ID.N`. */
function preReleaseNumber(version: string, release: string, id: string): number[] {
  const parsed = semver.parse(version);
  if (parsed === null || `${parsed.major}.${parsed.minor}.${parsed.patch}` !== release) return [];
  const [name, number] = parsed.prerelease;
  return name === id && typeof number === 'number' ? [number] : [];
}

function explicitVersion(target: string, pre: string | undefined): string {
  const version = parseVersion(target.replace(/^v/, ''));
  const fix = 'tagship release major|minor|patch|auto, or a version such as 1.4.0';
  if (version === undefined || version.build !== undefined) {
    throw invalid(`"${target}" is neither a bump nor a version`, fix);
  }
  if (pre !== undefined)
    throw invalid(
      '--pre goes with a bump, not with a version',
      `tagship release ${shellQuote(`${version.core}-${pre}.1`)}`,
    );
  return version.core;
}

const invalid = (what: string, fix: string) => new Problem({ code: 'version-invalid', what, fix, exit: EXIT.usage });
