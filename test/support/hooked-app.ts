import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppRepository, PUBSPEC } from './app-repository.ts';
import { type Finished, runProgram, TAGSHIP } from './tagship.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HUSKY = join(ROOT, 'node_modules/husky/bin.js');
const STAND_IN = join(ROOT, 'scripts/stand-ins/flutter');
export const FAST_PATH = join(ROOT, 'src/hooks/verified/fast-path.sh');

const FILES = {
  '.gitignore': '.dart_tool/\n.husky/_/\n',
  'pubspec.yaml': PUBSPEC,
  'lib/main.dart': 'void main() {}\n',
  'test/greeting_test.dart': "import 'package:test/test.dart';\nvoid main() { test('greets', () {}); }\n",
};

/** An app whose pushes go through husky and the project's own pre-push hook, with an SDK of its own on PATH. */
export class HookedApp {
  private constructor(
    readonly app: AppRepository,
    private readonly log: string,
  ) {}

  static async make(files: Readonly<Record<string, string>> = {}): Promise<HookedApp> {
    const app = await AppRepository.make({ files: { ...FILES, ...files } });
    const hooked = new HookedApp(app, join(app.folder, 'calls.jsonl'));
    await hooked.makeSdk('1.0.0');
    await hooked.installHook();
    await app.git('switch', '-q', '-c', 'feature');
    return hooked;
  }

  private get sdk(): string {
    return join(this.app.folder, 'sdk');
  }

  /** The SDK is the stand-in, in a folder with a version of its own. */
  async makeSdk(version: string): Promise<void> {
    await mkdir(join(this.sdk, 'bin'), { recursive: true });
    await writeFile(join(this.sdk, 'version'), version);
    await writeFile(join(this.sdk, 'bin/flutter'), `#!/bin/sh\nexec ${STAND_IN} "$@"\n`);
    await chmod(join(this.sdk, 'bin/flutter'), 0o755);
  }

  /** @param main what the fast path hands over to; a file that is not there shows that it handed nothing over */
  async installHook(main = TAGSHIP): Promise<void> {
    await runProgram(process.execPath, [HUSKY], { cwd: this.app.path });
    const hook = join(this.app.path, '.husky/pre-push');
    mkdirSync(dirname(hook), { recursive: true });
    const installed = join(this.app.path, 'node_modules/tagship');
    mkdirSync(dirname(installed), { recursive: true });
    if (!existsSync(installed)) symlinkSync(ROOT, installed);
    const script = join(installed, 'dist/pre-push.sh');
    writeFileSync(hook, `tagship_main='${main}'\ntagship_node='${process.execPath}'\n. '${script}'\n`);
    // Not part of what is tested.
    writeFileSync(join(this.app.path, '.git/info/exclude'), '.husky/\nnode_modules/\n');
  }

  get env(): Readonly<Record<string, string>> {
    const path = `${join(this.sdk, 'bin')}${delimiter}${process.env.PATH ?? ''}`;
    return { PATH: path, FLUTTER_STAND_IN_LOG: this.log };
  }

  push(...args: string[]): Promise<Finished> {
    return this.run('git', ['push', ...args]);
  }

  run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
    return runProgram(program, args, { cwd: this.app.path, env: { ...this.env, ...env } });
  }

  tagship(...args: string[]): Promise<Finished> {
    return this.run(process.execPath, [TAGSHIP, ...args]);
  }

  /** How often the tests ran so far. */
  testRuns(): number {
    if (!existsSync(this.log)) return 0;
    const calls = readFileSync(this.log, 'utf8').trim().split('\n');
    return calls.filter((line) => JSON.parse(line).argv[0] === 'test').length;
  }

  /** What the remote has under a full ref name; undefined when there is none. */
  async published(ref: string): Promise<string | undefined> {
    return (await this.app.refs('origin'))[ref];
  }
}
