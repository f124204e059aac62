import { spawnSync } from 'node:child_process';
import { chmodSync, lstatSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { AppFolder } from '../support/app-folder.ts';
import { hostShells } from '../support/host-shells.ts';
import { hostileLine, hostilePaths } from '../support/hostile.ts';

const shells = hostShells();
const [sh] = shells;

describe('environment files', () => {
  it.each([
    ['a name', 'env_file: app.env', 'app.env'],
    ['quoted', 'env_file: "a b.env" # why', 'a b.env'],
    ['a list in brackets', "env_file: [a.env, 'b.env']", 'a.env b.env'],
    [
      'a list of lines',
      'env_file:\n      - a.env\n      # not this\n\n      - ./b.env\n    ports: ["80"]',
      'a.env b.env',
    ],
    ['a list no deeper than its key', 'env_file:\n    - a.env\n    image: x', 'a.env'],
    [
      'with path and more',
      'env_file:\n      - path: a.env\n        required: false\n      - path: b.env',
      'a.env b.env',
    ],
    ['one with path', 'env_file:\n      path: a.env', 'a.env'],
    ['a name of variables', 'env_file: "${STAGE}.env"', ''],
    ['in quotes with quotes', `env_file: ['it''s.env', "a\\"b,\\\\c #1.env"]`, `it's.env a"b,\\c #1.env`],
    ['a list of maps in brackets', 'env_file: [{ required: false, path: a.env }, {path: b.env}]', 'a.env b.env'],
    ['a name with a dollar', 'env_file: $$a.env', '$a.env'],
    ['an escape that few write', 'env_file: "\\u0061.env"', ''],
    ['none', 'environment:\n      - env_file=no', ''],
    ['elsewhere', 'env_file: /etc/app.env', '/etc/app.env'],
    ['of Windows', 'env_file: app.env\r', 'app.env'],
  ] as const)('are found where env_file is %s', (_how, lines, expected) => {
    const app = new AppFolder({ 'docker-compose.yml': `services:\n  web:\n    image: x\n    ${lines}\n` });
    for (const shell of shells) {
      expect(app.run(shell, 'list_environment_files').split('\n').slice(1, -1).join(' ')).toBe(expected);
    }
  });

  it('come back with their bytes and modes, and what was there instead is kept', () => {
    const odd = `it's "odd" $(touch owned)`;
    const app = new AppFolder({
      'docker-compose.yml': `services:\n  web:\n    env_file:\n      - conf/${odd.replaceAll('$', '')}.env\n      - tracked.env\n`,
      '.env': 'A=1\r\nno newline at the end',
      [`conf/${odd.replaceAll('$', '')}.env`]: 'B=2\n',
      'tracked.env': 'C=3\n',
    });
    spawnSync('git', ['add', 'tracked.env'], { cwd: app.folder });
    chmodSync(join(app.folder, '.env'), 0o640);
    app.run(sh, 'mkdir -p "$units/v1/env"; umask 077; keep_environment "$units/v1"');
    expect(app.read('.git/tagship/releases/v1/environment').trim().split('\n')).toHaveLength(2);
    app.write('.env', 'A=changed');
    rmSync(join(app.folder, 'conf'), { recursive: true });
    const said = app.run(sh, 'bring_environment v1');
    expect(app.read('.env')).toBe('A=1\r\nno newline at the end');
    expect(statSync(join(app.folder, '.env')).mode & 0o777).toBe(0o640);
    expect(app.read(`conf/${odd.replaceAll('$', '')}.env`)).toBe('B=2\n');
    expect(app.read('.git/tagship/set-aside/r/.env')).toBe('A=changed');
    expect(said).not.toMatch(/changed$|A=|B=/m);
    expect(readdirSync(app.folder)).not.toContain('owned');
    expect(app.run(sh, 'bring_environment v1')).toBe('');
  });

  it('of a release that is deployed again with others are kept, unless another release has them', () => {
    const app = new AppFolder({ 'docker-compose.yml': 'services: {}\n' });
    const keep = (tag: string, text: string) => {
      app.write('.env', text);
      app.run(sh, `mkdir -p "$units/${tag}/env"; umask 077; keep_environment "$units/${tag}"`);
    };
    keep('v1', 'A=one');
    keep('of/v2', 'A=two');
    app.write('.env', 'A=three');
    expect(app.run(sh, 'keep_replaced_environment "$units/of/v2"')).toMatch(
      /^! of\/v2 ran with another \.env when it was deployed before: what that held is kept in \S.*before~\/\.env\n$/s,
    );
    expect(app.read('.git/tagship/set-aside/r/before~/.env')).toBe('A=two');
    keep('v3', 'A=one');
    expect(app.run(sh, 'keep_replaced_environment "$units/v1"; keep_replaced_environment "$units/none"')).toBe('');
  });

  it('go back to what they were, although nothing else could be kept of what serves', () => {
    const app = new AppFolder({ 'docker-compose.yml': 'services: {}\n', '.env': 'A=1\n' });
    app.run(sh, 'mkdir -p "$units/v1/env"; umask 077; keep_environment "$units/v1"');
    app.write('.env', 'A=2\n');
    app.run(sh, 'bring_environment v1');
    expect(app.read('.env')).toBe('A=1\n');
    app.run(sh, 'restore_present_environment');
    expect(app.read('.env')).toBe('A=2\n');
    expect(statSync(join(app.folder, '.git/tagship/runs/r/present/env/1')).mode & 0o777).toBe(0o600);
  });

  it('of a release that is only being looked at are laid out beside those that the app runs with', () => {
    const app = new AppFolder({
      'docker-compose.yml':
        'services:\n  web:\n    env_file: [secrets/app.env, secrets/.deep/db.env, elsewhere/x.env]\n',
      'secrets/app.env': 'of then',
      'secrets/.deep/db.env': 'of then',
      'elsewhere/x.env': 'of then',
      'secrets/other key': 'theirs',
    });
    app.git('add', 'docker-compose.yml');
    app.git('commit', '-q', '-m', 'c');
    app.run(sh, 'mkdir -p "$units/v1/env"; umask 077; keep_environment "$units/v1"');
    // The release has a link there now, which leads out of it.
    rmSync(join(app.folder, 'elsewhere'), { recursive: true });
    const other = new AppFolder({ 'x.env': 'of now' });
    symlinkSync(other.folder, join(app.folder, 'elsewhere'));
    app.git('add', 'elsewhere');
    app.git('commit', '-q', '-m', 'c');
    for (const name of ['app.env', '.deep/db.env']) app.write(`secrets/${name}`, 'of now');
    for (const shell of shells) {
      const said = app.run(
        shell,
        'export_tree HEAD; lay_environment "$units/v1"; cd "$tree/secrets" && cat app.env .deep/db.env "other key"',
      );
      expect(said).toBe('of thenof thentheirs');
      for (const name of ['secrets/app.env', 'secrets/.deep/db.env', 'elsewhere/x.env']) {
        expect([app.read(name), lstatSync(join(app.folder, name)).isFile()]).toEqual(['of now', true]);
      }
    }
  });

  it.each(shells.map((shell) => [shell.name, shell] as const))(
    'come back byte for byte, whatever they are called and hold, with %s',
    (_name, shell) => {
      const written = fc.record({
        style: fc.constantFrom('PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE'),
        flow: fc.boolean(),
        maps: fc.boolean(),
      });
      const content = fc.uint8Array({ maxLength: 30 });
      fc.assert(
        fc.property(
          hostilePaths(hostileLine, 3),
          fc.array(content, { minLength: 3, maxLength: 3 }),
          written,
          (names, contents, { style, flow, maps }) => {
            // One that a pattern among the names would find.
            const app = new AppFolder({ aXa: 'tracked' });
            app.commit();
            const named = names
              .map((name) => name.replaceAll('$', '$$$$'))
              .map((path) => (maps ? { path, required: false } : path));
            const list = stringify(named, {
              defaultStringType: style,
              defaultKeyType: 'PLAIN',
              lineWidth: 0,
              collectionStyle: flow ? 'flow' : 'block',
            });
            const indented = flow ? ` ${list}` : `\n${list.replaceAll(/^/gm, '      ')}`;
            app.write('docker-compose.yml', `services:\n  web:\n    env_file:${indented}    image: x\n`);
            for (const [index, name] of names.entries()) app.write(name, contents[index] ?? '');
            app.run(shell, 'mkdir -p "$units/v1/env"; umask 077; keep_environment "$units/v1"');
            for (const name of names) app.write(name, 'changed');
            app.run(shell, 'bring_environment v1');
            expect(names.map((name) => [...app.bytes(name)])).toEqual(contents.map((bytes) => [...bytes]));
            expect(names.map((name) => app.read(`.git/tagship/set-aside/r/${name}`))).toEqual(
              names.map(() => 'changed'),
            );
            expect(readdirSync(app.folder)).not.toContain('owned');
            app.dispose();
          },
        ),
        { numRuns: 12 },
      );
    },
  );
});

it('a release whose unit was about to be replaced when the power was cut has its old one', () => {
  const app = new AppFolder({ '.git/tagship/releases/app/v1~old/config.yml': 'old' });
  for (const shell of shells) {
    app.run(shell, ':');
    expect(app.read('.git/tagship/releases/app/v1/config.yml')).toBe('old');
  }
  app.write('.git/tagship/releases/v2~old/config.yml', 'old');
  app.write('.git/tagship/releases/v2/config.yml', 'new');
  app.run(sh, ':');
  expect(app.read('.git/tagship/releases/v2/config.yml')).toBe('new');
});

describe('the name of an image without its tag', () => {
  it.each([
    ['app', 'app'],
    ['app:v1', 'app'],
    ['10.0.0.1:5000/team/app', '10.0.0.1:5000/team/app'],
    ['10.0.0.1:5000/team/app:v1', '10.0.0.1:5000/team/app'],
    ['app:v1@sha256:0', 'app'],
  ])('of %s is %s', (name, expected) => {
    expect(new AppFolder().run(sh, `repository_of '${name}'`).trim()).toBe(expected);
  });
});
