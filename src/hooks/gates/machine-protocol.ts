/**
 * The JSON reporter of package:test, as `flutter test --machine` and `dart test --reporter json` speak it: a line of
 * JSON per event. What is no event of it is kept aside, never guessed at.
 */

/** The protocol's versions below 1: a change that breaks readers would raise it. */
const KNOWN_VERSION = /^0\.\d+\.\d+$/;

/** A test that did not pass, with what it said. */
export interface FailedTest {
  readonly name: string;
  /** `test/title_test.dart:12`, as far as it is known. */
  readonly place: string;
  readonly errors: readonly string[];
  readonly printed: readonly string[];
}

export interface TestRun {
  readonly passed: number;
  readonly skipped: number;
  readonly failures: readonly FailedTest[];
  /** The test that runs now, or ran last. */
  readonly current: string | undefined;
  /**
   * unknown: no event yet; foreign: it speaks another version; running: it has not said that it is done;
   * passed, failed: what it said last, or `failed` when it was closed before its end.
   */
  readonly state: 'unknown' | 'foreign' | 'running' | 'passed' | 'failed';
  /** Version of the protocol, as it says itself. */
  readonly protocol: string | undefined;
}

interface Known {
  readonly name: string;
  readonly place: string;
  readonly errors: string[];
  readonly printed: string[];
  result: 'running' | 'passed' | 'hidden' | 'skipped' | 'failed';
}

const KEPT_LINES = 50;

/** Reads the stream; `push` returns whether the line was part of the protocol. */
export function machineReader(): { push(line: string): boolean; run(): TestRun } {
  const tests = new Map<number, Known>();
  const suites = new Map<number, string>();
  let state: TestRun['state'] = 'unknown';
  let protocol: string | undefined;
  let current: string | undefined;

  function take(event: Readonly<Record<string, unknown>>): void {
    const test = tests.get(Number(event.testID));
    switch (event.type) {
      case 'start':
        protocol = String(event.protocolVersion);
        state = KNOWN_VERSION.test(protocol) ? 'running' : 'foreign';
        break;
      case 'suite': {
        const suite = asObject(event.suite);
        suites.set(Number(suite.id), typeof suite.path === 'string' ? suite.path : '');
        break;
      }
      case 'testStart': {
        const known = startedTest(asObject(event.test), suites);
        tests.set(Number(asObject(event.test).id), known);
        current = known.name;
        break;
      }
      case 'print':
        if (test !== undefined && test.printed.length < KEPT_LINES) test.printed.push(String(event.message));
        break;
      case 'error':
        if (test === undefined) break;
        test.errors.push([event.error, event.stackTrace].map(String).join('\n').trimEnd());
        // It may come after the test was done, which then has failed all the same.
        test.result = 'failed';
        break;
      case 'testDone':
        if (test !== undefined && test.result !== 'failed') test.result = resultOf(event);
        break;
      case 'done':
        if (state === 'running') state = event.success === true ? 'passed' : 'failed';
    }
  }

  return {
    push: (line) => {
      const event = parseEvent(line);
      if (event === undefined) return /^\[\{"event":/.test(line);
      if (state !== 'unknown' || event.type === 'start') take(event);
      return state !== 'unknown' && state !== 'foreign';
    },
    run: () => {
      const all = [...tests.values()];
      const count = (wanted: Known['result']) => all.filter(({ result }) => result === wanted).length;
      const failures = all.filter(({ result }) => result === 'failed');
      return { passed: count('passed'), skipped: count('skipped'), failures, current, state, protocol };
    },
  };
}

function parseEvent(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const event = asObject(JSON.parse(line));
    return typeof event.type === 'string' ? event : undefined;
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function startedTest(test: Readonly<Record<string, unknown>>, suites: ReadonlyMap<number, string>): Known {
  const file = suites.get(Number(test.suiteID)) ?? '';
  const line = test.root_line ?? test.line;
  const place = typeof line === 'number' && file !== '' ? `${file}:${line}` : file;
  return { name: String(test.name), place, errors: [], printed: [], result: 'running' };
}

function resultOf({ result, hidden, skipped }: Readonly<Record<string, unknown>>): Known['result'] {
  if (result !== 'success') return 'failed';
  if (hidden === true) return 'hidden';
  return skipped === true ? 'skipped' : 'passed';
}
