// `flutter test`: finds the tests of the project, tells of those that are sure to fail, and reports as package:test does.
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { misbehave, sleep } from './behaviour.js';
import { parseOptions, ToolExit } from './command-line.js';
import { maskSource, position } from './dart-source.js';
import { constantsOf, countTests, findTests } from './find-tests.js';
import { dartFiles, openProject } from './project.js';
import { getPackages } from './pub-get.js';
import { jsonReporter, textReporter } from './test-reporters.js';

const OPTIONS = {
  machine: 'flag',
  pub: 'flag',
  reporter: 'value',
  r: 'value',
  'file-reporter': 'value',
  coverage: 'flag',
  'coverage-path': 'value',
};

export async function test(args, behaviour) {
  const { options, rest } = parseOptions(args, OPTIONS);
  openProject();
  const json = options.machine || (options.reporter ?? options.r) === 'json';
  if (options.pub !== false) await getPackages(behaviour, (text) => process.stdout.write(text));
  const files = testFiles(rest);
  const constants = constantsOf(dartFiles('lib').map((path) => readFileSync(path, 'utf8')));
  const emit = startRun(json, options['file-reporter']);

  const protocolVersion = behaviour.told.test === 'foreign' ? '1.0.0' : '0.1.1';
  if (behaviour.told.test === 'garbage') process.stdout.write('{"type":"start"\nnot a word of JSON\n\0\n{"type":7}\n');
  emit({ protocolVersion, runnerVersion: null, pid: process.pid, type: 'start' });
  const run = { emit, ids: counter(), success: true, behaviour, machine: options.machine === true };
  emit({ count: files.length, type: 'allSuites' });
  for (const path of files) await runSuite(run, path, constants);
  if (options.coverage || options['coverage-path'] !== undefined) {
    writeCoverage(options['coverage-path'] ?? 'coverage/lcov.info', Number(behaviour.told.coverage ?? 100));
  }
  // As when the pipe is cut: it ends well and never said that it was done.
  if (behaviour.told.test === 'cut') return 0;
  emit({ success: run.success, type: 'done' });
  return run.success ? 0 : 1;
}

/** A tracefile in which the first lines of every file of the library count as run. */
function writeCoverage(path, percent) {
  const records = dartFiles('lib').map((file) => {
    const count = readFileSync(file, 'utf8').trimEnd().split('\n').length;
    const hit = (number) => (number <= (count * percent) / 100 ? 1 : 0);
    const lines = Array.from({ length: count }, (_line, index) => `DA:${index + 1},${hit(index + 1)}`);
    return [`SF:${file}`, ...lines, 'end_of_record'].join('\n');
  });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${records.join('\n')}\n`);
}

function startRun(json, fileReporter) {
  const start = Date.now();
  const reporters = [(json ? jsonReporter : textReporter)((text) => process.stdout.write(text))];
  const [kind, file] = (fileReporter ?? '').split(/:(.*)/s);
  if (kind !== '') {
    let report = '';
    const whole = (kind === 'json' ? jsonReporter : textReporter)((text) => (report += text));
    reporters.push((event) => {
      whole(event);
      if (event.type === 'done') writeFileSync(file, report);
    });
  }
  return (event) => {
    for (const report of reporters) report({ ...event, time: Date.now() - start });
  };
}

function testFiles(paths) {
  for (const path of paths) {
    if (!existsSync(path)) throw new ToolExit(`Error: Test file or directory "${path}" not found.`);
  }
  if (paths.length === 0 && !existsSync('test')) throw new ToolExit('Test directory "test" not found.');
  const folders = paths.length === 0 ? ['test'] : paths;
  const files = folders.flatMap((path) => (statSync(path).isDirectory() ? dartFiles(path) : [path]));
  const tests = files.filter((path) => path.endsWith('_test.dart') || paths.includes(path));
  if (tests.length > 0) return tests.map((path) => resolve(path));
  throw new ToolExit(
    `Test directory "${folders[0]}" does not appear to contain any test files.\n` +
      'Test files must be in that directory and end with the pattern "_test.dart".',
  );
}

async function runSuite(run, path, constants) {
  const { emit, ids, behaviour } = run;
  const suiteID = ids();
  emit({ suite: { id: suiteID, platform: 'vm', path }, type: 'suite' });
  const loading = startTest(run, { name: `loading ${path}`, suiteID, groupIDs: [], place: undefined, path });
  // The real tool slips this in among the events, as an array and after an empty line.
  if (run.machine)
    process.stdout.write('\n[{"event":"test.startedProcess","params":{"vmServiceUri":null,"observatoryUri":null}}]\n');
  const source = readFileSync(path, 'utf8');
  const { masked, issues } = maskSource(source);
  if (issues.length > 0) {
    const { line, column } = position(source, issues[0].offset);
    const error = `Failed to load "${path}": ${path}:${line}:${column}: Error: ${issues[0].message}`;
    return endTest(run, loading, { error, isFailure: false }, path);
  }
  emit({ testID: loading, result: 'success', skipped: false, hidden: true, type: 'testDone' });
  await sleep(behaviour.delay);
  await runGroup(run, findTests(source, masked, constants), { suiteID, groupIDs: [], path });
}

async function runGroup(run, group, { suiteID, groupIDs, path }) {
  const id = run.ids();
  const parentID = groupIDs.at(-1) ?? null;
  const entry = { id, suiteID, parentID, name: group.name, metadata: metadataOf(group), testCount: countTests(group) };
  run.emit({ group: { ...entry, ...placeOf(group.place, path) }, type: 'group' });
  for (const child of group.children) {
    const inside = { suiteID, groupIDs: [...groupIDs, id], path };
    if (child.kind === 'group') await runGroup(run, child, inside);
    else await runTest(run, child, inside);
  }
}

async function runTest(run, test, inside) {
  const id = startTest(run, { ...test, ...inside });
  const { told } = run.behaviour;
  await misbehave(told.test, 0);
  if (test.skip !== undefined) {
    run.emit({ testID: id, messageType: 'skip', message: 'Skip', type: 'print' });
    run.emit({ testID: id, result: 'success', skipped: true, hidden: false, type: 'testDone' });
    return;
  }
  for (const message of test.printed) run.emit({ testID: id, messageType: 'print', message, type: 'print' });
  const toldTo = { fail: true, error: false }[told.test];
  const failure =
    toldTo === undefined
      ? test.failure
      : { error: 'The stand-in was told to fail', isFailure: toldTo, place: test.place };
  endTest(run, id, failure, inside.path);
}

function startTest({ ids, emit }, { name, suiteID, groupIDs, place, path, skip }) {
  const id = ids();
  emit({
    test: { id, name, suiteID, groupIDs, metadata: metadataOf({ skip }), ...placeOf(place, path) },
    type: 'testStart',
  });
  return id;
}

function endTest(run, testID, failure, path) {
  if (failure !== undefined) {
    run.success = false;
    const { error, isFailure, place } = failure;
    const stackTrace = place === undefined ? '' : `${path} ${place.line}:${place.column}  main.<fn>\n`;
    run.emit({ testID, error, stackTrace, isFailure, type: 'error' });
  }
  const result = failure === undefined ? 'success' : failure.isFailure ? 'failure' : 'error';
  run.emit({ testID, result, skipped: false, hidden: false, type: 'testDone' });
}

function metadataOf({ skip }) {
  return { skip: skip !== undefined, skipReason: /^['"](.*)['"]$/.exec(skip ?? '')?.[1] ?? null };
}

function placeOf(place, path) {
  if (place === undefined) return { line: null, column: null, url: null };
  return { line: place.line, column: place.column, url: `file://${path}` };
}

function counter() {
  let next = 0;
  return () => next++;
}
