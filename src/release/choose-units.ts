import type { ReleaseConfig } from '../config/schema.ts';
import { EXIT, Problem } from '../core/problem.ts';
import { shellQuote } from '../core/shell-quote.ts';
import { readTag } from '../core/tag-name.ts';
import { isLower, parseVersion } from '../core/version.ts';
import { branchNames, openReleaseBranches, shortName } from './branches.ts';
import type { ReleaseFacts } from './facts.ts';
import type { ReleaseRequest } from './plan-types.ts';
import { findVersion, UneditablePubspec } from './pubspec.ts';
import type { Unit } from './units.ts';

/** A unit that is to be released, and what with: a bump, or the version itself. */
export interface AskedUnit {
  readonly unit: Unit;
  readonly target: string;
}

type Asked = Pick<ReleaseRequest, 'target' | 'packages'>;

/**
 * What was asked to be released: the whole; of independent packages those that are named, else those that have changed
 * since their own last release; from a release branch those that it was started for.
 * @throws Problem `packages-shared`, `packages-given`, `unknown-package`, `release-empty`, `version-of-several`
 */
export function askedUnits(
  facts: ReleaseFacts,
  request: Asked,
  config: ReleaseConfig,
  units: readonly [Unit, ...Unit[]],
): readonly AskedUnit[] {
  const [first] = units;
  const given = request.packages[0];
  if (first.name === undefined) {
    if (given !== undefined) throw packagesShared();
    return [{ unit: first, target: request.target }];
  }
  if (openReleaseBranches(facts.refs, config).some(({ name }) => name === facts.line)) {
    if (given !== undefined) throw packagesGiven(shortName(facts.line));
    const asked = announced(facts, request, config, units);
    if (asked.length > 0) return asked;
    throw new Problem({
      code: 'unknown-package',
      what: `${shortName(facts.line)} was started for a package that it does not have, or that is not released any more`,
      why: `there is ${units.flatMap(({ name }) => name ?? []).join(', ')}`,
      fix: 'tagship release abort, then start it for another: tagship release start minor --package NAME',
      exit: EXIT.refused,
    });
  }
  const chosen = given === undefined ? units.filter(hasChanged) : namedUnits(units, request.packages);
  const [one, another] = chosen;
  if (one === undefined) throw nothingChanged(first);
  if (another !== undefined && isVersion(request.target)) throw severalFor(request.target, chosen);
  return chosen.map((unit) => ({ unit, target: request.target }));
}

export const hasChanged = ({ history }: Unit) => history.commits.length > 0;

/** Whether it is the version itself, and no bump. */
export const isVersion = (target: string) => parseVersion(target.replace(/^v/, '')) !== undefined;

function namedUnits(units: readonly Unit[], names: readonly string[]): readonly Unit[] {
  const known = units.flatMap(({ name }) => name ?? []);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return units.filter(({ name }) => name !== undefined && names.includes(name));
  throw new Problem({
    code: 'unknown-package',
    what: `there is no package ${unknown.map((name) => JSON.stringify(name)).join(', ')}`,
    why: `there is ${known.join(', ')}`,
    fix: 'use one of them (release.packages.include of tagship.yaml says which are released)',
    exit: EXIT.usage,
  });
}

/**
 * What a release branch was started for: the package that gives it its name, and every other one whose version is above
 * the one of develop. What was mended there besides is released with them.
 */
function announced(
  { line, pubspecsElsewhere }: ReleaseFacts,
  { target }: Asked,
  config: ReleaseConfig,
  units: readonly Unit[],
): readonly AskedUnit[] {
  const { develop, release } = branchNames(config);
  const naming = readTag(config.tag, line.slice(release('').length))?.name;
  const before = new Map(
    pubspecsElsewhere.flatMap(({ branch, path, bytes }) => (branch === develop ? [[path, versionIn(bytes)]] : [])),
  );
  const first = units.filter(({ name }) => name === naming).map((unit) => ({ unit, target }));
  const others = units.filter(({ name }) => name !== naming);
  const more = others.flatMap((unit) => {
    const [{ path, spot }] = unit.packages;
    const there = before.get(path);
    const isNew = there === undefined || isLower(there, spot.version.core);
    if (isNew) return [{ unit, target: spot.version.core }];
    return unit.mended ? [{ unit, target: 'auto' }] : [];
  });
  return [...first, ...more];
}

function versionIn(pubspec: Buffer): string | undefined {
  try {
    return findVersion(pubspec.toString('utf8'))?.version.core;
  } catch (error) {
    if (error instanceof UneditablePubspec) return undefined;
    throw error;
  }
}

const usage = (code: string, what: string, fix: string) => new Problem({ code, what, fix, exit: EXIT.usage });

const packagesShared = () =>
  usage(
    'packages-shared',
    '--package chooses among independent packages, and these have one version together',
    'leave it out, or set release: { packages: independent } in tagship.yaml',
  );

const packagesGiven = (branch: string) =>
  usage(
    'packages-given',
    `${branch} was started for the packages it is for; none is chosen when it is finished`,
    'tagship release finish, then for others: tagship release patch --package NAME',
  );

function severalFor(version: string, units: readonly Unit[]): Problem {
  const names = units.flatMap(({ name }) => name ?? []);
  return usage(
    'version-of-several',
    `${version} cannot be the version of several packages: ${names.join(', ')}`,
    `name one: tagship release ${shellQuote(version)} --package ${names[0]} (or release them by a bump: tagship release minor)`,
  );
}

function nothingChanged({ name }: Unit): Problem {
  return new Problem({
    code: 'release-empty',
    what: 'there is nothing to release: no package has changed since its own last release',
    fix: `commit something, or name a package and its version: tagship release 1.2.3 --package ${name}`,
    exit: EXIT.refused,
  });
}
