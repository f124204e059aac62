import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../src/config/duration.ts';
import { parseHost } from '../../src/config/host-address.ts';
import { parseConfig } from '../../src/config/parse.ts';
import type { Problem } from '../../src/core/problem.ts';

function refusal(text: string): Problem {
  try {
    parseConfig(text);
  } catch (error) {
    return error as Problem;
  }
  throw new Error('was not refused');
}

describe('tagship.yaml', () => {
  it.each([
    ['environments: { p: { hosts: [local] } }', 'environments.p.path: is missing'],
    ['environments: { p: { hosts: [local], path: 3 } }', 'environments.p.path: must be a text'],
    [
      'release: { tag: "{name}-v{version}" }',
      'release.tag: must hold {name} where packages are independent, as in {name}-v{version}, and nowhere else',
    ],
    [
      'release: { packages: independent, tag: "v{version}" }',
      'release.tag: must hold {name} where packages are independent, as in {name}-v{version}, and nowhere else',
    ],
    [
      'release: { packages: independent, tag: "{name}{version}" }',
      'release.tag: must hold {version} once, e.g. v{version}; before it {name}, where it holds that, and one of - . / between them',
    ],
    [
      'release: { packages: independent }\nenvironments: { p: { hosts: [local], path: /a } }',
      'environments.p.package: is missing: packages are independent, so say whose tags are deployed',
    ],
    [
      'environments: { p: { hosts: [local], path: /a, package: app } }',
      'environments.p.package: goes with release: { packages: independent } alone',
    ],
    [
      'release: { packages: apart }',
      'release.packages: must be together or independent, or { mode: one of them, include: [folders] }',
    ],
    ['environments: []', 'environments: must be keys with values'],
    ['checks: { test: true }', 'checks.test: must be a text or false'],
    ['checks: { message: { length: 5 } }', 'checks.message.length: must be at least 20'],
    ['checks: { coverage: 101 }', 'checks.coverage: must be at most 100'],
    ['checks: { message: { type: [feat] } }', 'checks.message: unknown key type'],
    ['release: { pullRequest: 1 }', 'release.pullRequest: must be true or false'],
    ['environments: { p: { hosts: [local], path: /a, source: ftp } }', 'environments.p.source: must be origin or push'],
  ])('%s is refused in the words of somebody who writes YAML', (text, why) => {
    expect(refusal(text).why).toBe(why);
  });

  it('of a branch or a commit is named as theirs, and is mended by a commit', () => {
    expect(() => parseConfig('a: 1', 'develop')).toThrow('tagship.yaml of develop has a mistake');
    expect(() => parseConfig('a: [', '1234567')).toThrow('tagship.yaml of 1234567 is not valid YAML');
  });

  it.each([
    ['an alias that leads nowhere', 'notify: *hooks', 'Unresolved alias'],
    [
      'aliases without end',
      `a: &a [${'1,'.repeat(20)}]\nb: &b [${'*a,'.repeat(20)}]\nc: [${'*b,'.repeat(20)}]`,
      'Excessive alias count',
    ],
  ])('with %s is no YAML, and no bug', (_what, text, why) => {
    expect(refusal(text)).toMatchObject({ code: 'config-syntax', exit: 2, why: expect.stringContaining(why) });
  });

  it.each([
    '{ main: release/main }',
    '{ develop: hotfix/develop }',
    '{ main: stable, release: stable/ }',
    '{ hotfix: release/hot- }',
    '{ release: fix/, hotfix: fix/ }',
  ])('branches %s could not be told apart', (branches) => {
    expect(refusal(`release: { branches: ${branches} }`)).toMatchObject({ code: 'config-invalid', exit: 2 });
  });

  it('is optional: everything has a default', () => {
    expect(parseConfig(undefined)).toMatchObject({
      release: {
        branches: { main: 'main', develop: 'develop' },
        tag: 'v{version}',
        changelog: 'CHANGELOG.md',
        remote: 'origin',
      },
      checks: { timeout: 1_200_000, secrets: true, policy: { main: 'release', develop: 'merge', tags: 'release' } },
      environments: {},
    });
  });

  it('needs only hosts and path for an environment', () => {
    const { environments } = parseConfig('environments: { production: { hosts: [pi@192.168.1.100], path: /opt/app } }');
    expect(environments.production).toMatchObject({
      compose: ['docker-compose.yml'],
      strategy: 'rolling',
      source: 'origin',
    });
  });

  it('reads durations as milliseconds', () => {
    const text =
      'environments: { p: { hosts: [local], path: /a, health: { url: "http://127.0.0.1/health", every: 500ms, timeout: 2h } } }';
    expect(parseConfig(text).environments.p?.health).toMatchObject({
      every: 500,
      timeout: 7_200_000,
      successes: 3,
      status: 200,
    });
  });

  it('names every mistake at once, with its place', () => {
    const { why, exit } = refusal(
      'releases: {}\nchecks: { timeout: soon }\nenvironments: { p: { hosts: [], path: opt } }',
    );
    expect(exit).toBe(2);
    expect(why).toContain('unknown key releases');
    expect(why).toContain('checks.timeout: is not a duration');
    expect(why).toContain('environments.p.hosts');
    expect(why).toContain('environments.p.path');
  });

  it.each([
    ['a tag format without a version', 'release: { tag: release }'],
    ['a changelog outside the repository', 'release: { changelog: ../../etc/passwd }'],
    ['a compose file that is an option', 'environments: { p: { hosts: [local], path: /a, compose: --help } }'],
    ['a compose file with a line break', 'environments: { p: { hosts: [local], path: /a, compose: "a\\nb.yml" } }'],
    ['a host that is an option', 'environments: { p: { hosts: ["-oProxyCommand=x@y"], path: /a } }'],
    ['an environment name with a slash', 'environments: { "../p": { hosts: [local], path: /a } }'],
    [
      'a health address of another scheme',
      'environments: { p: { hosts: [local], path: /a, health: { url: "file:///etc/passwd" } } }',
    ],
    ['an environment that every object has', 'environments: { __proto__: { hosts: [local], path: /a } }'],
    ['a key that every object has', 'environments: { p: { hosts: [local], path: /a, "__proto__": { x: 1 } } }'],
    ['a path with a line break', 'environments: { p: { hosts: [local], path: "/a\\nb" } }'],
  ])('refuses %s', (_what, text) => {
    expect(refusal(text).code).toBe('config-invalid');
  });

  it.each([
    ['local, local', 'local'],
    ['pi@rack.example, PI@Rack.example.', 'pi@rack.example'],
    ['pi@192.0.2.1, pi@192.0.2.1:22', 'pi@192.0.2.1'],
    ['pi@192.0.2.1, root@192.0.2.1', 'pi@192.0.2.1'],
    ['"pi@[fe80::1]", "pi@[FE80:0::0:1]"', 'pi@[fe80::1]'],
    ['local, pi@localhost', 'local'],
    ['"pi@[::1]:22", pi@127.0.0.1', 'pi@[::1]:22'],
  ])('refuses the same machine twice: %s', (hosts, first) => {
    const { why } = refusal(`environments: { p: { hosts: [${hosts}], path: /a } }`);
    expect(why).toBe(`environments.p.hosts.1: is the same machine as ${first}: each host once`);
  });

  it('takes other ports of this machine for other machines: tunnels lead there', () => {
    const { environments } = parseConfig(
      'environments: { p: { hosts: [local, pi@localhost:2222, pi@localhost:2223], path: /a } }',
    );
    expect(environments.p?.hosts).toHaveLength(3);
  });

  it('tells the line of a syntax error', () => {
    expect(refusal('a: [1,\nb').why).toMatch(/line \d/);
  });
});

it.each([
  ['/opt/app/', './deploy/compose.yml', '/opt/app', 'deploy/compose.yml'],
  ['//opt/./app//', 'compose.yml', '/opt/app', 'compose.yml'],
  ['/opt/other/../app', 'deploy//compose.yml', '/opt/app', 'deploy/compose.yml'],
])('a path %s and a Compose file %s are read as Docker writes them in labels', (path, compose, wanted, wantedFile) => {
  const { environments } = parseConfig(
    `environments: { one: { hosts: [local], path: "${path}", compose: ${compose} } }`,
  );
  expect(environments.one).toMatchObject({ path: wanted, compose: [wantedFile] });
});

describe('a host', () => {
  it.each([
    ['local', { kind: 'local' }],
    ['pi@192.168.1.100', { kind: 'ssh', user: 'pi', hostname: '192.168.1.100' }],
    ['kitchen_pi', { kind: 'ssh', hostname: 'kitchen_pi' }],
    ['deploy@raspberrypi.local:2222', { kind: 'ssh', user: 'deploy', hostname: 'raspberrypi.local', port: 2222 }],
    ['pi@[fe80::1]:22', { kind: 'ssh', user: 'pi', hostname: 'fe80::1', port: 22 }],
  ])('%s is understood', (text, address) => expect(parseHost(text)).toEqual(address));

  it.each([
    '@host',
    '-oProxyCommand=x',
    'pi@',
    'pi@-host',
    '-pi@host',
    'pi@host:0',
    'pi@host:70000',
    'pi@host:x',
    'pi@ho st',
    'pi@host/path',
    'Local',
  ])('%s is refused', (text) => expect(parseHost(text)).toBeUndefined());
});

it.each(['', '0s', '5', 's', '-5s', '1.5s', '5d', ' 5s', '5s ', '1h30m'])('"%s" is no duration', (text) => {
  expect(() => parseDuration(text)).toThrow(RangeError);
});

it('the generated schema and reference page are those of the code', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const files = ['schema/tagship.schema.json', 'docs/configuration.md'].map((path) => `${root}${path}`);
  const before = files.map((path) => readFileSync(path, 'utf8'));
  execFileSync('scripts/generate', { cwd: root });
  expect(files.map((path) => readFileSync(path, 'utf8'))).toEqual(before);
});
