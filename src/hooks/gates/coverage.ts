import type { ChecksConfig } from '../../config/schema.ts';
import { globPattern } from '../../core/glob-pattern.ts';
import { EXIT, Problem } from '../../core/problem.ts';

type CoverageConfig = NonNullable<ChecksConfig['coverage']>;

export interface FileCoverage {
  readonly path: string;
  readonly lines: number;
  readonly hit: number;
}

const WORST_SHOWN = 10;

/** Reads a tracefile as `lcov` and the Flutter tool write it. A line counted twice, by two suites, is one line. */
export function parseLcov(text: string): readonly FileCoverage[] {
  const files = new Map<string, Map<string, number>>();
  let current: Map<string, number> | undefined;
  for (const line of text.split(/\r?\n/)) {
    const [, path] = /^SF:(.+)$/.exec(line) ?? [];
    if (path !== undefined) {
      const name = path.replaceAll('\\', '/');
      current = files.get(name) ?? new Map();
      files.set(name, current);
    }
    const [, number, hits] = /^DA:(\d+),(\d+)/.exec(line) ?? [];
    if (number !== undefined) current?.set(number, (current.get(number) ?? 0) + Number(hits));
  }
  return [...files].map(([path, lines]) => {
    const hit = [...lines.values()].filter((hits) => hits > 0).length;
    return { path, lines: lines.size, hit };
  });
}

/**
 * What is wrong with the coverage; undefined when it is enough.
 * @param text of the tracefile; undefined when the tests wrote none
 */
export function coverageProblem({ minimum, exclude }: CoverageConfig, text: string | undefined): Problem | undefined {
  const fix = 'write tests for the files named, or set another checks.coverage in tagship.yaml';
  const patterns = exclude.map(globPattern);
  const counted = parseLcov(text ?? '').filter(({ path }) => !patterns.some((pattern) => pattern.test(path)));
  const lines = sum(counted.map((file) => file.lines));
  if (lines === 0) {
    return new Problem({
      code: 'coverage-missing',
      what: 'the tests measured no coverage, so it is not known to be enough',
      why: text === undefined ? 'no coverage/lcov.info was written' : 'it names no line of a file that counts',
      fix: 'let checks.test write coverage/lcov.info (flutter test --coverage), or remove checks.coverage in tagship.yaml',
      exit: EXIT.refused,
    });
  }
  const covered = sum(counted.map((file) => file.hit));
  if (covered * 100 >= minimum * lines) return undefined;
  const missing = ({ lines, hit }: FileCoverage) => lines - hit;
  const worst = [...counted].sort((one, other) => missing(other) - missing(one)).slice(0, WORST_SHOWN);
  return new Problem({
    code: 'coverage-low',
    what: `test coverage is ${percent(covered, lines)} %, below the ${minimum} % that are asked for`,
    why: worst
      .filter((file) => missing(file) > 0)
      .map((file) => `${percent(file.hit, file.lines)} %  ${file.path}  (${missing(file)} of ${file.lines} lines)`)
      .join('\n'),
    fix,
    exit: EXIT.refused,
  });
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** Rounded down: 59.99 is not 60. */
const percent = (part: number, whole: number) => (Math.floor((part * 1000) / whole) / 10).toFixed(1);
