import type { ReleaseConfig } from '../config/schema.ts';
import { EXIT, Problem } from '../core/problem.ts';
import { tagOf, versionOfTag } from '../core/tag-name.ts';
import { isPreRelease, preReleaseId } from '../core/version.ts';
import { currentVersion } from './choose-packages.ts';
import { askedUnits, isVersion } from './choose-units.ts';
import { parseCommits } from './commits.ts';
import { nextConstraint } from './constraint.ts';
import type { ReleaseFacts } from './facts.ts';
import { readNeeds } from './needs.ts';
import { isPreReleaseWord, nextVersion } from './next-version.ts';
import type { ReleaseRequest } from './plan-types.ts';
import { type ReleasedUnit, toldVersion, type Unit, unitsOf } from './units.ts';

export interface DecidedUnits {
  /** What was asked for first, then what needs it. */
  readonly released: readonly [ReleasedUnit, ...ReleasedUnit[]];
  readonly others: readonly Unit[];
}

/**
 * Decides which units are released, and with which versions. What needs a released package is released with it, at least
 * by a patch, and so on: its pubspec changes, or it is built from what has changed.
 * @throws Problem, Refusals: as {@link unitsOf} and {@link askedUnits}; `version-invalid`, `mixed-release`
 */
export function decideUnits(facts: ReleaseFacts, request: ReleaseRequest, config: ReleaseConfig): DecidedUnits {
  const units = unitsOf(facts, config);
  const asked = askedUnits(facts, request, config, units);
  const version = (unit: Unit, target: string, pre = request.pre) =>
    nextVersion(
      { target, pre },
      currentVersion(unit.packages),
      parseCommits(unit.history.commits),
      taken(facts, unit),
      config,
    );
  const decided = (unit: Unit, version: string, follows: readonly string[]): ReleasedUnit => {
    return { ...unit, version, tag: tagOf(unit.format, version), follows };
  };
  const [one, ...more] = asked;
  if (one === undefined) throw new Error('nothing was asked for, and that was not refused');
  const first = decided(one.unit, version(one.unit, one.target), []);
  const following = request.kind === 'hotfix' ? 'patch' : 'auto';
  const pre = request.pre ?? wordOf(first.version);
  const released: [ReleasedUnit, ...ReleasedUnit[]] = [first];
  for (const { unit, target } of more) {
    released.push(decided(unit, version(unit, target, isVersion(target) ? undefined : pre), []));
  }
  let others = units.filter((unit) => !asked.some((one) => one.unit === unit));
  for (;;) {
    const next = others.flatMap((unit) => {
      const follows = followed(unit, released);
      return follows.length === 0 ? [] : [{ unit, follows }];
    });
    if (next.length === 0) break;
    released.push(...next.map(({ unit, follows }) => decided(unit, version(unit, following, pre), follows)));
    others = others.filter((unit) => !next.some((one) => one.unit === unit));
  }
  if (new Set(released.map((unit) => isPreRelease(unit.version))).size > 1) throw mixedRelease(released);
  return { released, others };
}

function taken({ refs }: ReleaseFacts, { format }: Unit): readonly string[] {
  return [...refs.keys()].flatMap((name) => versionOfTag(format, name.replace(/^refs\/tags\//, '')) ?? []);
}

/** The word that those who follow a pre-release have in theirs. */
function wordOf(version: string): string | undefined {
  if (!isPreRelease(version)) return undefined;
  const word = preReleaseId(version);
  return word !== undefined && isPreReleaseWord(word) ? word : 'pre';
}

/** Names of those that it needs so that it is not the same any more. */
function followed({ packages: [pubspec] }: Unit, released: readonly ReleasedUnit[]): readonly string[] {
  const versions = new Map(released.map(({ name, version }) => [name, version]));
  const needs = readNeeds(pubspec.bytes.toString('utf8')).filter(
    ({ name, keys: [section], constraint, isFromHere }) => {
      const core = versions.get(name);
      if (core === undefined) return false;
      if (section === 'dependencies' && isFromHere) return true;
      return (
        constraint !== undefined && nextConstraint(constraint.text, { core, build: undefined }) !== constraint.text
      );
    },
  );
  return [...new Set(needs.map(({ name }) => name))];
}

function mixedRelease(released: readonly ReleasedUnit[]): Problem {
  return new Problem({
    code: 'mixed-release',
    what: 'releases and pre-releases cannot be made at once: the ones go to main, the others do not',
    why: released.map((unit) => toldVersion(unit, unit.version)).join('\n'),
    fix: 'make their versions of one kind, in their pubspec.yaml, then the same command again',
    exit: EXIT.refused,
  });
}
