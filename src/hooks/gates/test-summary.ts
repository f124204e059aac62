import type { CommandOutcome } from '../../io/ports.ts';
import type { FailedTest, TestRun } from './machine-protocol.ts';

export type { TestRun } from './machine-protocol.ts';

const [FAILURES_SHOWN, ERROR_LINES, PRINTED_LINES] = [20, 15, 10];

/**
 * Why a test run counts as failed, as the user is told: the failures, not everything that passed.
 * @param folder of the package: places in it are told relative to it
 */
export function testFailure(run: TestRun, { exitCode, tail }: CommandOutcome, folder: string): string {
  const { failures, state, passed, current } = run;
  const shown = failures.slice(0, FAILURES_SHOWN).map((failure) => describeTest(failure, folder));
  const more = failures.length > shown.length ? [`and ${failures.length - shown.length} more`] : [];
  const cutOff = state === 'running' ? [`the report ended early, after ${passed} passed: ${current ?? 'no test'}`] : [];
  const counted = failures.length > 0 ? [`${failures.length} of ${failures.length + passed} tests failed`] : [];
  // It failed by its exit status alone: what it said last is all there is.
  const last = failures.length === 0 ? otherLines(tail) : [];
  const status = failures.length === 0 && exitCode === 0 ? [] : last;
  return [...counted, ...shown, ...more, ...cutOff, ...status].join('\n');
}

function describeTest({ name, place, errors, printed }: FailedTest, folder: string): string {
  const inside = place.startsWith(`${folder}/`) ? place.slice(folder.length + 1) : place;
  const error = errors.flatMap((text) => text.split('\n')).slice(0, ERROR_LINES);
  const said = printed.slice(-PRINTED_LINES).map((line) => `printed: ${line}`);
  return [`✘ ${name}  ${inside}`, ...[...error, ...said].map((line) => `    ${line}`)].join('\n');
}

const otherLines = (tail: readonly string[]) => tail.filter((line) => !/^\[?\{"/.test(line)).slice(-20);
