import { createHash } from 'node:crypto';
import {
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type Finished, runProgram, runTagship } from './tagship.ts';

const STAND_INS = fileURLToPath(new URL('../../scripts/stand-ins', import.meta.url));

export interface AppOptions {
  /** Path and content of the files of the first commit. */
  readonly files?: Readonly<Record<string, string>>;
  /** Path -> target of symbolic links of the first commit. */
  readonly links?: Readonly<Record<string, string>>;
  /** `false`: neither a remote nor anything pushed. */
  readonly origin?: boolean;
}

/** A Flutter-like app on a real git, with a bare remote beside it and `main` and `develop` published. */
export class AppRepository {
  readonly folder: string;
  readonly origin: string;
  readonly path: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.origin = join(folder, 'origin.git');
    this.path = join(folder, 'app');
  }

  static async make({ files = { 'pubspec.yaml': PUBSPEC, ...APP_FILES }, links = {}, origin = true }: AppOptions = {}) {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tagship-test-')));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const app = new AppRepository(folder);
    await initRepository(app.path, join(app.path, '.git'));
    await app.configureIdentity();
    for (const [path, content] of Object.entries(files)) await app.write(path, content);
    for (const [path, target] of Object.entries(links)) await symlink(target, join(app.path, path));
    await app.git('add', '-A');
    await app.git('commit', '-q', '-m', 'feat: begin');
    await app.git('switch', '-q', '-c', 'develop');
    await app.commit('lib/greeting.dart', "String greeting() => 'hello';\n", 'feat: greet people');
    if (origin) {
      await initRepository(app.origin, app.origin, '--bare');
      // Relative, so that a copy of the folder is whole.
      await app.git('remote', 'add', 'origin', '../origin.git');
      await app.git('push', '-q', 'origin', 'main', 'develop');
    }
    return app;
  }

  /** One that is there already, in a folder laid out like a made one. */
  static at(folder: string): AppRepository {
    return new AppRepository(folder);
  }

  /** A copy of the app and its remote, in a folder of its own that goes with this one's. */
  copy(name: string): AppRepository {
    const folder = join(this.folder, 'copies', name);
    mkdirSync(folder, { recursive: true });
    for (const part of ['app', 'origin.git'])
      cpSync(join(this.folder, part), join(folder, part), { recursive: true, preserveTimestamps: true });
    return new AppRepository(folder);
  }

  /** Paths of the lock files that a git has left in the repository. */
  locks(): readonly string[] {
    const paths = readdirSync(join(this.path, '.git'), { recursive: true, encoding: 'utf8' });
    return paths.filter((path) => path.endsWith('.lock'));
  }

  private async configureIdentity(): Promise<void> {
    await this.git('config', 'user.name', 'Tester');
    await this.git('config', 'user.email', 'tester@example.com');
    await this.git('config', 'commit.gpgSign', 'false');
  }

  /** Standard output of a git that must succeed, without the last newline. */
  async git(...args: string[]): Promise<string> {
    return gitIn(this.path, args);
  }

  async gitAtOrigin(...args: string[]): Promise<string> {
    return gitIn(this.origin, args);
  }

  async write(path: string, content: string): Promise<void> {
    await mkdir(dirname(join(this.path, path)), { recursive: true });
    await writeFile(join(this.path, path), content);
  }

  read(path: string): string {
    return readFileSync(join(this.path, path), 'utf8');
  }

  async commit(path: string, content: string, message: string): Promise<void> {
    await this.write(path, content);
    await this.git('add', '--', path);
    await this.git('commit', '-q', '-m', message);
  }

  async hook(where: 'app' | 'origin', name: string, script: string): Promise<void> {
    const path = where === 'app' ? join(this.path, '.git/hooks', name) : join(this.origin, 'hooks', name);
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
  }

  /** Runs tagship in the app, with the stand-in for Flutter first on PATH. */
  tagship(args: readonly string[], env: Readonly<Record<string, string | undefined>> = {}): Promise<Finished> {
    const path = `${STAND_INS}${delimiter}${process.env.PATH ?? ''}`;
    return runTagship(args, { cwd: this.path, env: { PATH: path, ...env } });
  }

  async refs(where: 'app' | 'origin' = 'app'): Promise<Readonly<Record<string, string>>> {
    const namespaces = ['refs/heads', 'refs/tags'];
    const list = await gitIn(where === 'app' ? this.path : this.origin, [
      'for-each-ref',
      '--format=%(refname) %(objectname)',
      ...namespaces,
    ]);
    return Object.fromEntries(
      list
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split(' ')),
    );
  }

  /** A digest of every file, mode and link of the working tree and of the index: equal only when nothing changed. */
  async fingerprint(): Promise<string> {
    const hash = createHash('sha256').update(await this.git('ls-files', '-s', '-v'));
    const visit = (folder: string) => {
      for (const name of readdirSync(folder).sort()) {
        const path = join(folder, name);
        if (path === join(this.path, '.git')) continue;
        const stat = lstatSync(path);
        hash.update(`${path} ${stat.mode} `);
        if (stat.isDirectory()) visit(path);
        else hash.update(stat.isSymbolicLink() ? readlinkSync(path) : readFileSync(path));
      }
    };
    visit(this.path);
    return hash.digest('hex');
  }
}

/** Without git's two dozen samples, which every copy would have again. */
async function initRepository(path: string, gitDir: string, ...flags: string[]): Promise<void> {
  await runProgram('git', ['init', '-q', ...flags, '-b', 'main', '--template=', path], { cwd: dirname(path) });
  for (const name of ['hooks', 'info']) mkdirSync(join(gitDir, name));
}

async function gitIn(cwd: string, args: readonly string[]): Promise<string> {
  const result = await runProgram('git', args, { cwd });
  if (result.exitCode !== 0) throw new Error(`git ${args.join(' ')}: ${result.stderr}`);
  return result.stdout.replace(/\n$/, '');
}

export const PUBSPEC = `name: greeter
description: Says hello.
publish_to: none

version: 0.1.0+1 # shown in the app

environment:
  sdk: ^3.5.0

dependencies:
  flutter:
    sdk: flutter
`;

const APP_FILES = {
  'lib/main.dart': 'void main() {}\n',
  'test/greeting_test.dart': "import 'package:test/test.dart';\nvoid main() { test('greets', () {}); }\n",
};
