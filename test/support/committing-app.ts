import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppRepository, PUBSPEC } from './app-repository.ts';
import { type Finished, runProgram, TAGSHIP } from './tagship.ts';

const STAND_INS = fileURLToPath(new URL('../../scripts/stand-ins', import.meta.url));

export const FORMATTED = 'void main() {\n  run();\n}\n\nvoid run() {}\n\nvoid last() {}\n';
/** What {@link FORMATTED} is before it is formatted. */
export const MESSY = FORMATTED.replace('  run', '      run');

const FILES = { '.gitignore': '.dart_tool/\n', 'pubspec.yaml': PUBSPEC, 'lib/main.dart': FORMATTED };

/** An app whose commits go through tagship's hooks, with a stand-in for Dart on PATH. Nothing of it is published. */
export class CommittingApp {
  private constructor(readonly app: AppRepository) {}

  static async make(files: Readonly<Record<string, string>> = {}): Promise<CommittingApp> {
    const app = await AppRepository.make({ files: { ...FILES, ...files }, origin: false });
    for (const name of ['pre-commit', 'commit-msg']) {
      await app.hook('app', name, `exec '${process.execPath}' '${TAGSHIP}' hook ${name} "$@"`);
    }
    return new CommittingApp(app);
  }

  /** One whose hooks are put there by other means. */
  static at(app: AppRepository): CommittingApp {
    return new CommittingApp(app);
  }

  get log(): string {
    return join(this.app.folder, 'calls.jsonl');
  }

  /** `git commit` with these arguments. */
  commit(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
    return this.run('git', ['commit', ...args], env);
  }

  run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
    const PATH = `${STAND_INS}${delimiter}${process.env.PATH ?? ''}`;
    return runProgram(program, args, { cwd: this.app.path, env: { PATH, DART_STAND_IN_LOG: this.log, ...env } });
  }

  async stage(path: string, content: string): Promise<void> {
    await this.app.write(path, content);
    await this.app.git('add', '--', path);
  }

  committed(path: string): Promise<string> {
    return this.app.git('show', `HEAD:${path}`).then((text) => `${text}\n`);
  }

  /** What was asked of the Dart tool so far, with the folder it was asked in. */
  calls(): readonly { readonly argv: readonly string[]; readonly cwd: string; readonly env: object }[] {
    if (!existsSync(this.log)) return [];
    return readFileSync(this.log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }
}
