import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { healthSchema } from '../../src/config/schema-health.ts';
import { askOnce, questionsOf, readAnswers } from '../../src/deploy/health.ts';
import { releaseVariables } from '../../src/deploy/release-variables.ts';
import { AppFolder } from '../support/app-folder.ts';
import { hostShells, runShell } from '../support/host-shells.ts';
import { hostileLine, hostileTag, hostileText } from '../support/hostile.ts';
import { hasProgram } from '../support/needs.ts';

const checks = ['answer', 'json', 'once']
  .map((name) => readFileSync(new URL(`../../src/deploy/host/checks/${name}.sh`, import.meta.url), 'utf8'))
  .join('\n');

/** Runs shell as a host does, here. */
async function sh(script: string, ...args: string[]): Promise<{ status: number; said: string }> {
  try {
    const { stdout } = await promisify(execFile)('sh', ['-c', script, 'sh', ...args]);
    return { status: 0, said: stdout };
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string };
    return { status: code, said: stdout };
  }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
  return (server.address() as AddressInfo).port;
}

/** Why v0.2.0 is not well by these settings, a line for each question; nothing for one that it answers well. */
async function problems(
  settings: object,
  tag: string | undefined = 'v0.2.0',
): Promise<readonly (string | undefined)[]> {
  const questions = questionsOf(healthSchema.parse(settings));
  const script = [releaseVariables(tag, tag?.slice(1)), checks, ...questions.map(askOnce)].join('\n');
  return readAnswers(questions, (await sh(script, '/')).said).map(({ problem }) => problem);
}

// As on a host, which has curl or wget.
describe.runIf(hasProgram('curl', '--version') || hasProgram('wget', '--version'))('an app that answers', () => {
  const answer = { status: 'ok', version: '0.2.0', db: { ready: true, rows: [1, 2.5] }, build: null };
  async function app(): Promise<string> {
    const server = createHttpServer((request, response) => {
      if (request.url === '/hang') return;
      response.writeHead(request.url === '/sick' ? 503 : 200, {
        'X-Release': 'v0.2.0',
        'X-Odd': '\\c\\n$(false)',
        'Content-Type': 'application/json',
      });
      response.end(request.url === '/text' ? 'all is well\nhere' : JSON.stringify(answer));
    });
    return `http://127.0.0.1:${await listen(server)}`;
  }

  it.each([
    ['the status alone', '/', {}],
    ['text', '/text', { body: 'all is well' }],
    ['a header, whatever its letter case', '/', { headers: { 'x-RELEASE': 'v0.2.0' } }],
    ['values of JSON', '/', { json: { status: 'ok', 'db.ready': true, 'db.rows.1': 2.5, build: null } }],
    ['the version of the release', '/', { json: { version: '{version}' }, headers: { 'x-release': '{tag}' } }],
  ])('is well by %s', async (_what, path, expected) => {
    expect(await problems({ url: `${await app()}${path}`, ...expected })).toEqual([undefined]);
  });

  it.each([
    ['another status', '/sick', {}, '503'],
    ['no such text', '/text', { body: 'all is ill' }, '200, without the text all is ill'],
    ['no such header', '/', { headers: { 'x-other': 'a' } }, '200, with x-other: (none) and not a'],
    [
      'a header that echo would change',
      '/',
      { headers: { 'x-odd': '\\t' } },
      '200, with x-odd: \\c\\n$(false) and not \\t',
    ],
    ['another value', '/', { json: { 'db.rows.1': 3 } }, '200, but db.rows.1 is 2.5, not 3'],
    ['no such value', '/', { json: { 'db.size': 3 } }, '200, but the answer has no db.size'],
    ['more than a value', '/', { json: { db: 'x' } }, '200, but db is no single value but an object'],
    ['no JSON', '/text', { json: { status: 'ok' } }, '200, but the answer is not JSON'],
    ['what only looks like a pattern', '/', { body: '.*' }, '200, without the text .*'],
  ])('is sick by %s, and it is told', async (_what, path, expected, why) => {
    expect(await problems({ url: `${await app()}${path}`, ...expected })).toEqual([why]);
  });

  it('is sick when it is of another release', async () => {
    const url = await app();
    expect(await problems({ url, json: { version: '{version}' } }, 'v0.3.0')).toEqual([
      '200, but version is 0.2.0, not 0.3.0',
    ]);
  });

  it('is not asked for a version where nobody knows which it is', async () => {
    const url = await app();
    expect(await problems({ url, json: { version: '{version}' } }, undefined)).toEqual([undefined]);
  });
});

describe.each(hostShells().map((shell) => [shell.name, shell] as const))('an answer, with %s,', (_name, shell) => {
  const functions = checks.replace('cd "$1" || exit', '');
  const run = (script: string, words: readonly string[], input = '', env = {}) =>
    runShell(shell, `${functions}\n${script}`, { words, input, env });

  it('is searched for text as it stands, whatever that is', () => {
    fc.assert(
      fc.property(hostileText, hostileLine, hostileLine, hostileText, (before, wanted, other, after) => {
        const answer = `${before}${wanted}${after}`;
        expect(run('contains "$1"', [wanted], answer).status).toBe(0);
        expect(run('contains "$1"', [other], answer).status).toBe(answer.includes(other) ? 0 : 1);
      }),
      { numRuns: 25 },
    );
  });

  it('has headers of any value', () => {
    fc.assert(
      fc.property(hostileLine, (value) => {
        const headers = `HTTP/1.1 200 OK\r\nX-B: no\r\nx-a: ${value}\r\n\r\n`;
        expect(run('header_named X-A', [], headers).stdout.toString()).toBe(`${value.trim()}\n`);
      }),
      { numRuns: 25 },
    );
  });

  it('is compared with the tag of the release, whatever that is', () => {
    const marks = fc.constantFrom('{tag}', '{version}');
    fc.assert(
      fc.property(hostileLine, marks, hostileLine, hostileTag, hostileLine, (before, mark, after, tag, version) => {
        // One that looks like what it stands in for.
        const env = { TAGSHIP_TAG: `${tag}{version}`, TAGSHIP_VERSION: version };
        const wanted = `${before}${mark === '{tag}' ? env.TAGSHIP_TAG : version}${after}`;
        expect(run('fill_in "$1"', [`${before}${mark}${after}`], '', env).stdout.toString()).toBe(wanted);
      }),
      { numRuns: 25 },
    );
  });
});

describe('what is no answer', () => {
  it('is told, of an address and of a port', async () => {
    const server = createTcpServer();
    const port = await listen(server);
    expect(await problems({ tcp: port })).toEqual([undefined]);
    server.close();
    expect(await problems({ tcp: [port], url: `http://127.0.0.1:${port}/` })).toEqual([
      `no connection to 127.0.0.1:${port}`,
      'no answer',
    ]);
  });
});

describe('a command', () => {
  it('decides by its exit status, in the app directory, with the variables of the release', async () => {
    expect(await problems({ command: 'test "$TAGSHIP_TAG $TAGSHIP_VERSION $PWD" = "v0.2.0 0.2.0 /"' })).toEqual([
      undefined,
    ]);
    expect(await problems({ command: 'echo "it\'s ill"; exit 4' })).toEqual(['the command ended with status 4']);
  });
});

describe('a value of JSON, read with the awk of this machine', () => {
  const isValue = (text: string, path: string, wanted: string) =>
    sh(`${checks.replace('cd "$1" || exit', '')}\nprintf %s "$3" | json_is "$1" "$2"`, path, wanted, text);
  // A shell's arguments hold no NUL, and what ends with a line break is trimmed by nobody: awk reads lines.
  const text = fc.string({ unit: 'grapheme' }).map((value) => value.replaceAll('\0', ''));
  const scalar = fc.oneof(
    text,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
  );

  it('is found whatever stands around it, in whatever notation', async () => {
    const keys = fc.stringMatching(/^[a-zé"\\ /]{1,4}$/);
    const noise = fc.dictionary(keys, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 });
    await fc.assert(
      fc.asyncProperty(scalar, keys, noise, noise, fc.nat(3), async (value, key, before, after, indent) => {
        const json = JSON.stringify([{ ...before, [key]: { ...after, value } }], null, indent);
        const escaped = json.replace(
          /[^\x20-\x7e\n]/g,
          (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
        );
        for (const written of [json, escaped]) {
          expect(await isValue(written, `0.${key}.value`, String(value)), written).toEqual({ status: 0, said: '' });
          expect((await isValue(written, `0.${key}.value`, `${value}x`)).status).toBe(1);
        }
      }),
      { numRuns: 15 },
    );
  });

  it.each([
    '',
    '{',
    '{"a":1',
    '{"a":1}}',
    "{'a':1}",
    '{"a":01}',
    '{"a":tru}',
    '{"a" 1}',
    '[1,]',
    '{"a":1,}',
    '{"a":"\\x"}',
    '"a',
  ])('is not found in what is no JSON: %s', async (broken) => {
    expect(() => JSON.parse(broken)).toThrow();
    expect(await isValue(broken, 'a', '1')).toEqual({ status: 1, said: 'the answer is not JSON\n' });
  });
});

describe('settings of a health check', () => {
  const wrong = (settings: object) =>
    healthSchema
      .safeParse(settings)
      .error?.issues.map(({ message }) => message)
      .join() ?? '';

  it('must name something to ask', () => {
    expect(wrong({})).toContain('names nothing to ask');
    expect(wrong({ tcp: 80, body: 'x' })).toContain('are about its answer');
    expect(wrong({ tcp: [80, 'db:5432', '[::1]:80'] })).toBe('');
    for (const tcp of [0, 65_536, 'db', 'db:x', '-x:80', ':80'])
      expect(wrong({ tcp })).toContain('is not a port or host:port');
  });

  it('must be able to pass', () => {
    expect(wrong({ tcp: 80, steady: '60s' })).toContain('is too short');
    expect(wrong({ tcp: 80, steady: '59s' })).toBe('');
  });
});

it.each(hostShells())('an answer that ends in no new line is told in lines of its own ($name)', (shell) => {
  const app = new AppFolder({ answer: '{\n"ok": false}' });
  const script = 'show_logs_of_port() { echo "last lines of app:"; }; show_answer http://127.0.0.1:80/health answer';
  const lines = ['the answer of http://127.0.0.1:80/health:', '  {', '  "ok": false}', 'last lines of app:', ''];
  expect(app.run(shell, script)).toBe(lines.join('\n'));
});
