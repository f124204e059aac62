import { describe, expect, it } from 'vitest';
import { parseVersion } from '../../src/core/version.ts';
import { higherConstraint, nextConstraint } from '../../src/release/constraint.ts';

function after(constraint: string, version: string): string {
  const next = parseVersion(version);
  if (next === undefined) throw new Error(version);
  return nextConstraint(constraint, next);
}

describe('a constraint on a package that gets a new version', () => {
  it.each([
    ['follows with a caret', '^1.2.0', '1.3.0', '^1.3.0'],
    ['follows below 1.0.0', '^0.2.0', '0.3.0', '^0.3.0'],
    ['follows to a pre-release', '^1.2.0', '1.3.0-beta.1', '^1.3.0-beta.1'],
    ['needs no build behind a caret', '^1.2.0', '1.3.0+7', '^1.3.0'],
    ['follows when it is exact', '1.2.0', '1.3.0', '1.3.0'],
    ['holds the build when it is exact', '1.2.0+6', '1.3.0+7', '1.3.0+7'],
    ['follows by a major version', '^1.2.0', '2.0.0', '^2.0.0'],
    ['follows by a patch', '^1.0.0', '1.0.1', '^1.0.1'],
    ['follows from a pre-release', '^1.3.0-beta.2', '1.3.0', '^1.3.0'],
    ['follows when it is an exact pre-release with a build', '1.2.0-dev.1+2', '1.3.0+3', '1.3.0+3'],
    ['stays a range that holds it', '>=1.2.0 <2.0.0', '1.3.0', '>=1.2.0 <2.0.0'],
    ['stays a range without a space', '>=1.2.0<2.0.0', '1.3.0', '>=1.2.0<2.0.0'],
    ['stays a lower bound', '>1.2.0', '9.0.0', '>1.2.0'],
    ['stays an upper bound that is met', '<=1.3.0', '1.3.0', '<=1.3.0'],
    ['is widened when the upper bound is met with a build', '<=1.3.0', '1.3.0+1', '^1.3.0'],
    ['is widened past its upper bound', '>=1.2.0 <2.0.0', '2.0.0', '^2.0.0'],
    ['is widened for a pre-release of its upper bound', '>=1.2.0 <2.0.0', '2.0.0-beta.1', '^2.0.0-beta.1'],
    [
      'stays when its lower bound is such a pre-release',
      '>=2.0.0-alpha.1 <2.0.0',
      '2.0.0-beta.1',
      '>=2.0.0-alpha.1 <2.0.0',
    ],
    ['is never lowered with a caret', '^2.0.0', '1.3.0', '^2.0.0'],
    ['is never lowered when it is exact', '2.0.0', '1.3.0', '2.0.0'],
    ['is never lowered by its build', '1.3.0+9', '1.3.0+8', '1.3.0+9'],
    ['is never lowered from a release to its pre-release', '^1.3.0', '1.3.0-beta.1', '^1.3.0'],
    ['is never lowered as a range', '>=2.0.0 <3.0.0', '1.3.0', '>=2.0.0 <3.0.0'],
    ['is never lowered from just above', '>1.3.0', '1.3.0', '>1.3.0'],
    ['stays any', 'any', '3.0.0', 'any'],
    ['stays empty', '', '3.0.0', ''],
    ['stays what pub does not understand', '~1.2.0', '3.0.0', '~1.2.0'],
    ['stays half a range', '>=1.2.0 <2', '3.0.0', '>=1.2.0 <2'],
    ['stays a caret on nothing', '^x', '3.0.0', '^x'],
  ])('%s', (_rule, before, version, expected) => expect(after(before, version)).toBe(expected));
});

describe('of two constraints', () => {
  it.each([
    ['^1.2.1', '^1.3.0', '^1.3.0'],
    ['^1.3.0', '^1.2.1', '^1.3.0'],
    ['1.2.0+3', '1.2.0+4', '1.2.0+4'],
    ['^1.2.0', '1.3.0', undefined],
    ['^1.2.0', 'any', undefined],
    ['>=1.0.0 <2.0.0', '^1.3.0', undefined],
  ])('%s and %s, %s asks for more', (one, other, higher) => expect(higherConstraint(one, other)).toBe(higher));
});
