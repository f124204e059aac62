import { describe, expect, it } from 'vitest';
import { machineReader } from '../../../src/hooks/gates/machine-protocol.ts';
import { testFailure } from '../../../src/hooks/gates/test-summary.ts';

const START = { type: 'start', protocolVersion: '0.1.1', runnerVersion: null, pid: 1 };
const SUITE = { type: 'suite', suite: { id: 0, platform: 'vm', path: '/app/test/title_test.dart' } };
const begun = (id: number, name: string) => ({
  type: 'testStart',
  test: { id, name, suiteID: 0, groupIDs: [], line: 10 + id, column: 1, url: null },
});
const done = (testID: number, more: object = {}) => ({
  type: 'testDone',
  testID,
  result: 'success',
  hidden: false,
  skipped: false,
  ...more,
});
const error = (testID: number) => ({
  type: 'error',
  testID,
  error: 'Expected: 1',
  stackTrace: 'at x',
  isFailure: true,
});

function read(...events: (object | string)[]) {
  const reader = machineReader();
  const taken = events.map((event) => reader.push(typeof event === 'string' ? event : JSON.stringify(event)));
  return { ...reader.run(), taken };
}

describe('the JSON reporter', () => {
  it('counts what passed and what was skipped, and not what is hidden', () => {
    const run = read(
      START,
      SUITE,
      begun(1, 'loading'),
      done(1, { hidden: true }),
      begun(2, 'adds'),
      done(2),
      begun(3, 'later'),
      done(3, { skipped: true }),
      { type: 'done', success: true },
    );
    expect(run).toMatchObject({ passed: 1, skipped: 1, failures: [], state: 'passed', current: 'later' });
  });

  it('names a failed test with its place, its error and what it printed', () => {
    const printed = { type: 'print', testID: 2, messageType: 'print', message: 'here' };
    const end = { type: 'done', success: false };
    const run = read(START, SUITE, begun(2, 'adds'), printed, error(2), done(2, { result: 'failure' }), end);
    expect(run.state).toBe('failed');
    const text = testFailure(run, { exitCode: 1, timedOut: false, tail: [] }, '/app');
    expect(text).toContain('1 of 1 tests failed');
    expect(text).toContain('✘ adds  test/title_test.dart:12');
    expect(text).toContain('Expected: 1');
    expect(text).toContain('printed: here');
  });

  it('takes a test for failed when its error comes after its end', () => {
    expect(read(START, SUITE, begun(2, 'adds'), done(2), error(2))).toMatchObject({
      passed: 0,
      failures: [{ name: 'adds' }],
    });
  });

  it('is closed before its end: that is no success', () => {
    expect(read(START, { type: 'done', success: null }).state).toBe('failed');
    expect(read(START, SUITE, begun(2, 'adds'), done(2)).state).toBe('running');
  });

  it('leaves alone what is no event, and events before the start', () => {
    const run = read(
      '{"type":"start"',
      'Resolving dependencies...',
      '{"type":7}',
      'null',
      done(9),
      START,
      begun(1, 'a'),
    );
    expect(run.taken).toEqual([false, false, false, false, false, true, true]);
    expect(run.state).toBe('running');
  });

  it('is not read in another version', () => {
    const run = read({ ...START, protocolVersion: '1.0.0' }, begun(1, 'a'), error(1), { type: 'done', success: false });
    expect(run).toMatchObject({ state: 'foreign', protocol: '1.0.0' });
    expect(run.taken).toEqual([false, false, false, false]);
  });

  it('is kept apart from what the Flutter tool says in between', () => {
    expect(read(START, '[{"event":"test.startedProcess","params":{}}]').taken).toEqual([true, true]);
  });
});

it('a summary shows the first failures, and how many there are', () => {
  const ids = Array.from({ length: 50 }, (_one, index) => index + 1);
  const run = read(
    START,
    SUITE,
    ...ids.flatMap((id) => [begun(id, `t${id}`), error(id), done(id, { result: 'failure' })]),
  );
  const text = testFailure(run, { exitCode: 1, timedOut: false, tail: [] }, '/app');
  expect(text).toContain('50 of 50 tests failed');
  expect(text).toContain('and 30 more');
  expect(text.split('\n').length).toBeLessThan(120);
});
