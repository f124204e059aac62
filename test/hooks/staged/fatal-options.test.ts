import { expect, it } from 'vitest';
import { fatalOptions } from '../../../src/hooks/staged/fatal-options.ts';

const [INFOS, NO_WARNINGS] = ['--fatal-infos', '--no-fatal-warnings'];

it.each([
  [undefined, 'flutter', [INFOS]],
  [undefined, 'dart', []],
  ['flutter analyze', 'flutter', [INFOS]],
  ['flutter analyze --no-fatal-infos', 'flutter', []],
  ['flutter analyze --no-fatal-warnings', 'flutter', [INFOS, NO_WARNINGS]],
  ['cd app && flutter analyze --no-fatal-infos --no-fatal-warnings', 'flutter', [NO_WARNINGS]],
  ['flutter analyze --no-fatal-infos --fatal-infos', 'flutter', [INFOS]],
  ['dart analyze', 'flutter', []],
  ['dart analyze --fatal-infos', 'dart', [INFOS]],
  ['make lint', 'flutter', [INFOS]],
  ['make lint-x--no-fatal-infos', 'flutter', [INFOS]],
] as const)('the analysis of staged files is as strict as the gate %s of a package of %s', (analyze, kind, options) =>
  expect(fatalOptions({ analyze }, kind)).toEqual(options),
);
