import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

const STEPS = fileURLToPath(new URL('../../src/deploy/host/steps', import.meta.url));

/** An app directory with the steps' functions, in the shells that hosts have. */
class App {
  readonly folder = mkdtempSync(join(tmpdir(), 'tagship-env-'));
  constructor(files: Readonly<Record<string, string>> = {}) {
    onTestFinished(() => rmSync(this.folder, { recursive: true }));
    spawnSync('git', ['init', '-q'], { cwd: this.folder });
    mkdirSync(join(this.folder, '.git/tagship/runs/r'), { recursive: true });
    writeFileSync(join(this.folder, '.git/tagship/runs/r/umask'), '0022\n');
    for (const [path, content] of Object.entries(files)) this.write(path, content);
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), content);
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  run(script: string, shell: readonly [string, ...string[]] = ['sh']): string {
    const run = join(this.folder, '.git/tagship/runs/r');
    const sources = ['common', 'checkout', 'images', 'environment', 'unit'].map((name) => `. '${STEPS}/${name}.sh'`);
    const text = ['release=new compose_named=', ...sources, script].join('\n');
    const [program, ...words] = shell;
    const result = spawnSync(program, [...words, '-c', text], {
      cwd: this.folder,
      env: { ...process.env, TAGSHIP_RUN: run },
      encoding: 'utf8',
    });
    if (result.status !== 0) throw new Error(`${result.stdout}${result.stderr}`);
    return result.stdout;
  }
}

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
    ['none', 'environment:\n      - env_file=no', ''],
    ['elsewhere', 'env_file: /etc/app.env', '/etc/app.env'],
    ['of Windows', 'env_file: app.env\r', 'app.env'],
  ] as const)('are found where env_file is %s', (_how, lines, expected) => {
    const app = new App({ 'docker-compose.yml': `services:\n  web:\n    image: x\n    ${lines}\n` });
    for (const shell of [['sh'], ['busybox', 'sh']] as const) {
      expect(app.run('list_environment_files', shell).split('\n').slice(1, -1).join(' ')).toBe(expected);
    }
  });

  it('come back with their bytes and modes, and what was there instead is kept', () => {
    const odd = `it's "odd" $(touch owned)`;
    const app = new App({
      'docker-compose.yml': `services:\n  web:\n    env_file:\n      - conf/${odd.replaceAll('$', '')}.env\n      - tracked.env\n`,
      '.env': 'A=1\r\nno newline at the end',
      [`conf/${odd.replaceAll('$', '')}.env`]: 'B=2\n',
      'tracked.env': 'C=3\n',
    });
    spawnSync('git', ['add', 'tracked.env'], { cwd: app.folder });
    chmodSync(join(app.folder, '.env'), 0o640);
    app.run('mkdir -p "$units/v1/env"; umask 077; keep_environment "$units/v1"');
    expect(app.read('.git/tagship/releases/v1/environment').trim().split('\n')).toHaveLength(2);
    app.write('.env', 'A=changed');
    rmSync(join(app.folder, 'conf'), { recursive: true });
    const said = app.run('bring_environment v1');
    expect(app.read('.env')).toBe('A=1\r\nno newline at the end');
    expect(statSync(join(app.folder, '.env')).mode & 0o777).toBe(0o640);
    expect(app.read(`conf/${odd.replaceAll('$', '')}.env`)).toBe('B=2\n');
    expect(app.read('.git/tagship/set-aside/r/.env')).toBe('A=changed');
    expect(said).not.toMatch(/changed$|A=|B=/m);
    expect(readdirSync(app.folder)).not.toContain('owned');
    expect(app.run('bring_environment v1')).toBe('');
  });
});

describe('the name of an image without its tag', () => {
  it.each([
    ['app', 'app'],
    ['app:v1', 'app'],
    ['10.0.0.1:5000/team/app', '10.0.0.1:5000/team/app'],
    ['10.0.0.1:5000/team/app:v1', '10.0.0.1:5000/team/app'],
    ['app:v1@sha256:0', 'app'],
  ])('of %s is %s', (name, expected) => {
    expect(new App().run(`repository_of '${name}'`).trim()).toBe(expected);
  });
});
