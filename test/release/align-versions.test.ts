import { describe, expect, it } from 'vitest';
import { alignVersions } from '../../src/release/align-versions.ts';

const FILE = { path: 'app/pubspec.yaml', after: undefined, needing: ['core'] };

function align(base: string, ours: string, theirs: string) {
  const sides = { base: Buffer.from(base), ours: Buffer.from(ours), theirs: Buffer.from(theirs) };
  const aligned = alignVersions(sides, FILE);
  return [aligned.base, aligned.ours, aligned.theirs].map(String);
}

const app = (version: string, core: string) => `version: ${version}\ndependencies:\n  core: ${core}\n`;
const tool = (core: string) => `dependencies:\n  core: ${core}\n`;

describe('where branches are merged', () => {
  it('the higher version and the higher constraint are no difference any more', () => {
    const same = app('1.4.0+9', '^1.4.0');
    expect(align(app('1.3.0+7', '^1.3.0'), app('1.4.0+8', '^1.4.0'), app('1.3.1+9', '^1.3.1'))).toEqual([
      same,
      same,
      same,
    ]);
  });

  it('a pubspec without a version has its constraints aligned', () => {
    expect(align(tool('^1.3.0'), tool('^1.4.0'), tool('^1.3.1'))).toEqual(Array(3).fill(tool('^1.4.0')));
  });

  it.each([
    ['that became another kind on one side', '^1.3.0', 'any', '^1.3.1'],
    ['on a range', '">=1.0.0 <2.0.0"', '">=1.1.0 <2.0.0"', '">=1.0.0 <3.0.0"'],
  ])('a constraint %s is left to the user', (_what, base, ours, theirs) => {
    expect(align(tool(base), tool(ours), tool(theirs))).toEqual([tool(base), tool(ours), tool(theirs)]);
  });

  it('a constraint on another package is left to the user', () => {
    const other = (constraint: string) => `dependencies:\n  http: ${constraint}\n`;
    expect(align(other('^1.0.0'), other('^1.1.0'), other('^1.2.0'))[0]).toBe(other('^1.0.0'));
  });
});
