import { posix } from 'node:path';
import type { ChecksConfig } from '../../config/schema.ts';
import { EXIT, Problem } from '../../core/problem.ts';
import type { ProgramResult } from '../../io/ports.ts';
import { folderOf, packagesOf } from '../gates/packages.ts';
import type { SdkUse } from '../gates/toolchain.ts';
import { fatalOptions } from './fatal-options.ts';
import type { StagedPorts } from './ports.ts';
import { interrupted, withTool } from './tools.ts';

/** Short enough for the command line of every system. */
const MOST_CHARACTERS = 20_000;

const ANALYSIS: SdkUse = { purpose: 'the staged files cannot be analysed', otherwise: '(or analyzeStaged: false)' };

/**
 * Analyses some files of the tree in `folder`; those of no package are passed over.
 * @param pubspecs contents by path, inside the tree as `paths` are
 * @throws Problem `analysis-failed`, `sdk-missing`, `interrupted`
 */
export async function analyzeFiles(
  ports: StagedPorts,
  checks: ChecksConfig,
  folder: string,
  pubspecs: ReadonlyMap<string, string>,
  paths: readonly string[],
): Promise<void> {
  const { programs, signal } = ports;
  for (const { folder: at, kind } of packagesOf([], pubspecs)) {
    const own = paths.filter((path) => packageFolder(path, pubspecs) === at);
    if (own.length === 0) continue;
    const env = await withTool(ports, 'dart', checks, own[0] ?? '', ANALYSIS);
    const options = fatalOptions(checks, kind);
    for (const batch of batches(own.map((path) => posix.relative(at, path)))) {
      const where = { cwd: posix.join(folder, at), env, timeout: checks.timeout, signal };
      const result = await programs.run('dart', ['analyze', ...options, ...batch], where);
      if (signal.aborted) throw interrupted();
      if (result?.exitCode !== 0) throw analysisProblem(result, at);
    }
  }
}

/** The folder of the package that a file belongs to; undefined for a file of none. */
function packageFolder(path: string, pubspecs: ReadonlyMap<string, string>): string | undefined {
  for (let folder = folderOf(path); ; folder = folderOf(folder)) {
    if (pubspecs.has(posix.join(folder, 'pubspec.yaml'))) return folder;
    if (folder === '') return undefined;
  }
}

function batches(paths: readonly string[]): readonly (readonly string[])[] {
  const all: string[][] = [];
  let room = 0;
  for (const path of paths) {
    // A file that is named like an option is still a file.
    const word = path.startsWith('-') ? `./${path}` : path;
    room -= word.length + 1;
    if (room < 0) {
      all.push([]);
      room = MOST_CHARACTERS - word.length;
    }
    all.at(-1)?.push(word);
  }
  return all;
}

function analysisProblem(result: ProgramResult | undefined, folder: string): Problem {
  const lines = `${result?.stdout ?? ''}\n${result?.stderr ?? ''}`.split('\n').filter((line) => line.trim() !== '');
  return new Problem({
    code: 'analysis-failed',
    what: `the analysis of the staged files${folder === '' ? '' : ` in ${folder}`} failed; nothing has changed`,
    why: lines.slice(-20).join('\n') || 'it was ended before it had an answer',
    fix: 'mend what is named, git add it, and commit again (are packages missing? flutter pub get)',
    exit: EXIT.refused,
  });
}
