import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const FLUTTER = fileURLToPath(new URL('../../scripts/stand-ins/flutter', import.meta.url));
const DART = join(dirname(FLUTTER), 'dart');

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flutter-stand-in-'));
  write('pubspec.yaml', 'name: board\nversion: 1.2.3+4\n');
  write('lib/title.dart', "const title = 'Board';\n");
  write(
    'test/title_test.dart',
    `import 'package:board/title.dart';

void main() {
  group('the title', () {
    test('names the board', () => expect(title, 'Board'));
    test('comes later', () {}, skip: 'not yet');
  });
}
`,
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

interface Result {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(
  args: readonly string[],
  env: Record<string, string> = {},
  program = FLUTTER,
): { child: ChildProcess; ended: Promise<Result> } {
  const child = spawn(program, args, { cwd: folder, env: { ...process.env, ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (bytes) => (stdout += bytes));
  child.stderr.on('data', (bytes) => (stderr += bytes));
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, stdout, stderr }));
  return { child, ended };
}

const flutter = (args: readonly string[], env?: Record<string, string>) => start(args, env).ended;

/** The events of a JSON run, without what the tool itself says in between. */
function events(stdout: string): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

describe('every call', () => {
  test('says first that it is a stand-in', async () => {
    const { stderr } = await flutter(['--version']);
    expect(stderr.split('\n')[0]).toMatch(/stand-in/);
  });

  test('is logged with its arguments, folder and the variables of a surrounding git', async () => {
    const log = join(folder, 'calls.jsonl');
    await flutter(['analyze', '--no-pub'], { FLUTTER_STAND_IN_LOG: log, GIT_DIR: '/somewhere/.git' });
    await flutter(['--version'], { FLUTTER_STAND_IN_LOG: log });
    const calls = readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(calls).toMatchObject([
      { argv: ['analyze', '--no-pub'], cwd: folder, env: { GIT_DIR: '/somewhere/.git' } },
      { argv: ['--version'] },
    ]);
  });

  test('refuses what the tool does not know, with the status of wrong usage', async () => {
    expect(await flutter(['deploy'])).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(/command named "deploy"/),
    });
    expect(await flutter(['test', '--quick'])).toMatchObject({ code: 64, stderr: expect.stringMatching(/"--quick"/) });
  });

  test('fails outside a project', async () => {
    rmSync(join(folder, 'pubspec.yaml'));
    expect(await flutter(['test'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/No pubspec.yaml file found/),
    });
  });
});

test('--version --machine prints one JSON document', async () => {
  const { stdout } = await flutter(['--version', '--machine']);
  expect(JSON.parse(stdout)).toMatchObject({
    frameworkVersion: expect.stringMatching(/stand-in/),
    dartSdkVersion: '3.0.0',
  });
});

describe('analyze', () => {
  test('finds nothing in a sound project', async () => {
    const { code, stdout } = await flutter(['analyze']);
    expect(stdout).toMatch(
      /^Resolving dependencies\.\.\.\nGot dependencies!\nAnalyzing .+\.\.\.\nNo issues found! \(ran in \d+\.\ds\)\n$/,
    );
    expect(code).toBe(0);
  });

  test.each([
    [
      'a bracket that is not closed',
      'void main() {\n  run(;\n}\n',
      "Expected to find ')'. • lib/broken.dart:3:1 • expected_token",
    ],
    ['a string that is not ended', "const name = 'Board;\n", 'lib/broken.dart:1:14 • unterminated_string_literal'],
    ['a conflict marker', 'a();\n<<<<<<< HEAD\n', 'lib/broken.dart:2:1 • missing_identifier'],
    ['an import of a file that is not there', "import 'missing.dart';\n", 'lib/broken.dart:1:8 • uri_does_not_exist'],
  ])('fails on %s', async (_what, source, place) => {
    write('lib/broken.dart', source);
    const { code, stdout, stderr } = await flutter(['analyze']);
    expect(stdout).toMatch(/^ {2}error • /m);
    expect(stdout).toContain(place);
    expect(stderr).toMatch(/1 issue found\. \(ran in/);
    expect(code).toBe(1);
  });

  test('does not mistake strings and comments for code', async () => {
    write(
      'lib/odd.dart',
      'const a = "}) \\" {"; // it\'s (\n/* [ */ final b = r\'\\\';\nfinal c = \'${["}"]}\';\nconst d = """\n\'{""";\n',
    );
    expect((await flutter(['analyze'])).code).toBe(0);
  });

  test('counts an info as fatal unless told otherwise', async () => {
    write('lib/noisy.dart', "void hello() {\n  print('hello');\n}\n");
    expect((await flutter(['analyze'])).code).toBe(1);
    const { code, stdout } = await flutter(['analyze', '--no-fatal-infos']);
    expect(stdout).toContain("   info • Don't invoke 'print' in production code • lib/noisy.dart:2:3 • avoid_print\n");
    expect(code).toBe(0);
  });

  test('counts an info of dart as fatal only where it is told to', async () => {
    write('lib/noisy.dart', "void hello() {\n  print('hello');\n}\n");
    expect((await start(['analyze'], {}, DART).ended).code).toBe(0);
    expect((await start(['analyze', '--fatal-infos'], {}, DART).ended).code).toBe(1);
  });

  test('lets a print pass that only a debug build runs', async () => {
    write('lib/quiet.dart', "void hello() {\n  if (kDebugMode) {\n    print('hello');\n  }\n}\n");
    expect((await flutter(['analyze'])).code).toBe(0);
  });

  test.each([
    ['in the line before', "  // ignore: unused_element, avoid_print\n  print('hello');\n", 0],
    ['in its line', "  print('hello'); // ignore: avoid_print\n", 0],
    ['for the file', "  // ignore_for_file: avoid_print\n\n  print('hello');\n", 0],
    ['two lines before', "  // ignore: avoid_print\n  start();\n  print('hello');\n", 1],
    ['of another kind', "  // ignore: unused_element\n  print('hello');\n", 1],
  ])('goes by an ignoring comment %s', async (_, body, status) => {
    write('lib/told.dart', `void hello() {\n${body}}\n`);
    expect((await flutter(['analyze'])).code).toBe(status);
  });
});

describe('test', () => {
  test('does not take a fail in a closure for one that happens', async () => {
    write(
      'test/closure_test.dart',
      "void main() {\n  test('calls back', () {\n    run(otherwise: () => fail('never'));\n  });\n}\n",
    );
    expect((await flutter(['test', 'test/closure_test.dart'])).code).toBe(0);
  });

  test('reports to people', async () => {
    const { code, stdout } = await flutter(['test']);
    expect(stdout).toMatch(/^00:0\d \+0: the title names the board$/m);
    expect(stdout).toMatch(/^00:0\d \+1 ~1: All tests passed!$/m);
    expect(code).toBe(0);
  });

  test('speaks the JSON reporter protocol', async () => {
    const { stdout, code } = await flutter(['test', '--machine']);
    expect(code).toBe(0);
    const path = join(folder, 'test/title_test.dart');
    const url = `file://${path}`;
    const plain = { skip: false, skipReason: null };
    const nowhere = { line: null, column: null, url: null };
    const time = expect.any(Number);
    expect(events(stdout)).toEqual([
      { protocolVersion: '0.1.1', runnerVersion: null, pid: expect.any(Number), type: 'start', time },
      { count: 1, type: 'allSuites', time },
      { suite: { id: 0, platform: 'vm', path }, type: 'suite', time },
      {
        test: { id: 1, name: `loading ${path}`, suiteID: 0, groupIDs: [], metadata: plain, ...nowhere },
        type: 'testStart',
        time,
      },
      { testID: 1, result: 'success', skipped: false, hidden: true, type: 'testDone', time },
      {
        group: { id: 2, suiteID: 0, parentID: null, name: '', metadata: plain, testCount: 2, ...nowhere },
        type: 'group',
        time,
      },
      {
        group: {
          id: 3,
          suiteID: 0,
          parentID: 2,
          name: 'the title',
          metadata: plain,
          testCount: 2,
          line: 4,
          column: 3,
          url,
        },
        type: 'group',
        time,
      },
      {
        test: {
          id: 4,
          name: 'the title names the board',
          suiteID: 0,
          groupIDs: [2, 3],
          metadata: plain,
          line: 5,
          column: 5,
          url,
        },
        type: 'testStart',
        time,
      },
      { testID: 4, result: 'success', skipped: false, hidden: false, type: 'testDone', time },
      {
        test: {
          id: 5,
          name: 'the title comes later',
          suiteID: 0,
          groupIDs: [2, 3],
          metadata: { skip: true, skipReason: 'not yet' },
          line: 6,
          column: 5,
          url,
        },
        type: 'testStart',
        time,
      },
      { testID: 5, messageType: 'skip', message: 'Skip', type: 'print', time },
      { testID: 5, result: 'success', skipped: true, hidden: false, type: 'testDone', time },
      { success: true, type: 'done', time },
    ]);
  });

  test('fails when a constant is not what a test expects', async () => {
    write('lib/title.dart', "const title = 'Bored';\n");
    const { stdout, code } = await flutter(['test', '--reporter', 'json']);
    expect(code).toBe(1);
    expect(events(stdout)).toContainEqual(
      expect.objectContaining({
        type: 'error',
        testID: 4,
        error: "Expected: 'Board'\n  Actual: 'Bored'\n",
        isFailure: true,
      }),
    );
    expect(events(stdout).at(-1)).toMatchObject({ type: 'done', success: false });
    const text = await flutter(['test']);
    expect(text.stdout).toMatch(/-1: the title names the board \[E\]\n {2}Expected: 'Board'\n {4}Actual: 'Bored'\n/);
    expect(text.stdout).toMatch(/Some tests failed\.\n$/);
  });

  test('tells what a test prints, and a failure from an error', async () => {
    write(
      'test/other_test.dart',
      "void main() {\n  test('a', () { print('hi'); fail('no'); });\n  test('b', () { throw StateError('x'); });\n}\n",
    );
    const all = events((await flutter(['test', '--machine', 'test/other_test.dart'])).stdout);
    expect(all).toContainEqual(expect.objectContaining({ type: 'print', messageType: 'print', message: 'hi' }));
    expect(all).toContainEqual(expect.objectContaining({ type: 'error', error: 'no', isFailure: true }));
    expect(all).toContainEqual(expect.objectContaining({ type: 'error', error: "StateError('x')", isFailure: false }));
    expect(all.filter(({ type }) => type === 'testDone').map(({ result }) => result)).toEqual([
      'success',
      'failure',
      'error',
    ]);
  });

  test('cannot load a file with broken syntax', async () => {
    write('test/title_test.dart', 'void main() {\n');
    const { stdout, code } = await flutter(['test']);
    expect(stdout).toMatch(
      /loading .+title_test\.dart \[E\]\n {2}Failed to load ".+title_test\.dart": .+:1:13: Error: Expected to find '}'/,
    );
    expect(code).toBe(1);
  });

  test('fails without any test', async () => {
    rmSync(join(folder, 'test'), { recursive: true });
    expect(await flutter(['test'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/Test directory "test" not found/),
    });
  });

  test('writes a second report to a file', async () => {
    await flutter(['test', '--file-reporter', 'json:report.jsonl']);
    expect(events(readFileSync(join(folder, 'report.jsonl'), 'utf8')).at(-1)).toMatchObject({
      type: 'done',
      success: true,
    });
  });
});

describe('told to misbehave', () => {
  test.each([
    [['analyze'], 'analyze=fail'],
    [['test'], 'test=fail'],
    [['test'], 'test=error'],
    [['pub', 'get'], 'pub=fail'],
    [['test'], 'analyze=crash,pub=fail'],
  ])('%j with %s ends with status 1', async (args, behaviour) => {
    expect((await flutter(args, { FLUTTER_STAND_IN: behaviour })).code).toBe(1);
  });

  test('crashes without a last word', async () => {
    const { signal, stdout } = await flutter(['test', '--machine'], { FLUTTER_STAND_IN: 'test=crash' });
    expect(signal).toBe('SIGKILL');
    expect(events(stdout).at(-1)).toMatchObject({ type: 'testStart' });
  });

  test('hangs until it is ended', async () => {
    const { child, ended } = start(['test', '--machine'], { FLUTTER_STAND_IN: 'test=hang' });
    let seen = '';
    await new Promise<void>((resolve) => {
      child.stdout?.on('data', (bytes) => {
        seen += bytes;
        if (seen.includes('names the board')) resolve();
      });
    });
    child.kill();
    expect(await ended).toMatchObject({ signal: 'SIGTERM' });
  });

  test('takes the time it is told to take', async () => {
    const began = Date.now();
    await flutter(['analyze'], { FLUTTER_STAND_IN: 'delay=400ms' });
    expect(Date.now() - began).toBeGreaterThanOrEqual(400);
  });
});

test('build web copies web/ and says which version it built', async () => {
  write('web/index.html', '<p>hello</p>');
  const { code, stdout } = await flutter(['build', 'web', '--release']);
  expect(stdout).toMatch(/✓ Built build\/web\n$/);
  expect(code).toBe(0);
  expect(readFileSync(join(folder, 'build/web/index.html'), 'utf8')).toBe('<p>hello</p>');
  expect(JSON.parse(readFileSync(join(folder, 'build/web/version.json'), 'utf8'))).toEqual({
    app_name: 'board',
    version: '1.2.3+4',
  });
});
