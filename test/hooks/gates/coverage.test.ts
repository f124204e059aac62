import { describe, expect, it } from 'vitest';
import { globPattern } from '../../../src/core/glob-pattern.ts';
import { coverageProblem, parseLcov } from '../../../src/hooks/gates/coverage.ts';

const record = (path: string, hits: readonly number[]) =>
  [`SF:${path}`, ...hits.map((hit, index) => `DA:${index + 1},${hit}`), 'end_of_record'].join('\n');

describe('coverage', () => {
  it('counts a line once that two suites have measured', () => {
    const text = [record('lib/a.dart', [1, 0]), record('lib/a.dart', [0, 1]), record('lib\\b.dart', [0])].join('\r\n');
    expect(parseLcov(text)).toEqual([
      { path: 'lib/a.dart', lines: 2, hit: 2 },
      { path: 'lib/b.dart', lines: 1, hit: 0 },
    ]);
  });

  it('is enough at the minimum, and not a line below', () => {
    const config = { minimum: 60, exclude: [] };
    expect(coverageProblem(config, record('lib/a.dart', [1, 1, 1, 0, 0]))).toBeUndefined();
    const low = coverageProblem(config, record('lib/a.dart', [1, 1, 1, 0, 0, 0]));
    expect(low).toMatchObject({ code: 'coverage-low', exit: 3 });
    expect(low?.what).toContain('50.0 %');
    expect(low?.why).toContain('lib/a.dart  (3 of 6 lines)');
  });

  it('leaves generated files out', () => {
    const text = [record('lib/a.dart', [1]), record('lib/model/a.g.dart', [0, 0, 0])].join('\n');
    expect(coverageProblem({ minimum: 100, exclude: ['**/*.g.dart'] }, text)).toBeUndefined();
  });

  it('that was not measured is no success', () => {
    for (const text of [undefined, '', record('lib/a.g.dart', [1])]) {
      const problem = coverageProblem({ minimum: 0, exclude: ['*.g.dart'] }, text);
      expect(problem?.code).toBe('coverage-missing');
    }
  });

  it.each([
    ['**/*.g.dart', 'lib/a/b.g.dart', true],
    ['**/*.g.dart', 'b.g.dart', true],
    ['lib/gen/**', 'lib/gen/a/b.dart', true],
    ['lib/*.dart', 'lib/a/b.dart', false],
    ['*.g.dart', 'lib/axgxdart', false],
    ['a?.dart', 'lib/ab.dart', true],
  ])('glob %s on %s: %s', (glob, path, matches) => {
    expect(globPattern(glob).test(path)).toBe(matches);
  });
});
