import { join } from 'node:path';
import type { Files, Git } from '../io/ports.ts';
import { acrossBases } from './across-bases.ts';
import { alignUnreleased } from './align-unreleased.ts';
import { alignVersions, type Sides } from './align-versions.ts';
import type { FileContent } from './draft/edit-tree.ts';
import type { Resolvable } from './merge.ts';
import { UneditablePubspec } from './pubspec.ts';
import type { VersionFile } from './version-file.ts';

/** The three sides of a file that git could not merge; undefined for a side that has no such regular file. */
export interface ConflictedFile {
  readonly path: string;
  readonly base?: string;
  readonly ours?: string;
  readonly theirs?: string;
}

/**
 * Resolves a conflict in a file where versions meet; undefined when it is about something else. Where there are several
 * `bases`, git's own is a merge of them, which may hold conflict marks; then each of them has to do in its place.
 */
export async function resolveConflict(
  git: Git,
  files: Files,
  file: ConflictedFile,
  { versionFiles, changelogPaths }: Resolvable,
  bases: readonly string[],
): Promise<FileContent | undefined> {
  const versionFile = versionFiles.find(({ path }) => path === file.path);
  if (versionFile === undefined && !changelogPaths.includes(file.path)) return undefined;
  if (file.ours === undefined || file.theirs === undefined) return undefined;
  // Both sides began the file: there was nothing before.
  const [ours, theirs, base = Buffer.alloc(0)] = await git.readObjects([
    file.ours,
    file.theirs,
    ...(file.base ? [file.base] : []),
  ]);
  if (ours === undefined || theirs === undefined) return undefined;
  const merge = (from: Buffer) =>
    versionFile === undefined
      ? mergeAdditions(git, files, alignUnreleased({ base: from, ours, theirs }))
      : mergeVersions(git, files, { base: from, ours, theirs }, versionFile);
  const bytes = (await merge(base)) ?? (await acrossBases(git, file.path, bases, merge, [ours, theirs]));
  return bytes === undefined ? undefined : { path: file.path, bytes };
}

/** The rest of the file is merged as ever: with the same versions put into all sides, those are no difference. */
async function mergeVersions(
  git: Git,
  files: Files,
  sides: Sides,
  versionFile: VersionFile,
): Promise<Buffer | undefined> {
  try {
    const { exitCode, output } = await mergeFile(git, files, alignVersions(sides, versionFile), []);
    return exitCode === 0 ? Buffer.from(output) : undefined;
  } catch (error) {
    if (error instanceof UneditablePubspec) return undefined;
    throw error;
  }
}

/** Longer than any line of markers a changelog could hold. */
const MARKER = 64;

/** Both sides' additions, ours above: only where neither changed or removed what was there before. */
async function mergeAdditions(git: Git, files: Files, sides: Sides): Promise<Buffer | undefined> {
  const { exitCode, output } = await mergeFile(git, files, sides, ['--diff3', `--marker-size=${MARKER}`]);
  if (exitCode === 0) return Buffer.from(output);
  const line = (mark: string) => `${mark.repeat(MARKER)}[^\\n]*\\n`;
  const region = new RegExp(
    `${line('<')}([\\s\\S]*?)${line('\\|')}([\\s\\S]*?)${line('=')}([\\s\\S]*?)${line('>')}`,
    'g',
  );
  let additionsOnly = true;
  const united = output.replace(region, (_, ours: string, base: string, theirs: string) => {
    if (base.trim() !== '') additionsOnly = false;
    return `${ours.trimEnd()}\n\n${theirs}`;
  });
  return additionsOnly && exitCode < 128 ? Buffer.from(united) : undefined;
}

/** `git merge-file`: its status is the number of conflicts, 128 or more for an error. */
async function mergeFile(
  git: Git,
  files: Files,
  sides: Sides,
  flags: readonly string[],
): Promise<{ exitCode: number; output: string }> {
  return files.withTemporaryFolder(async (folder) => {
    const path = (name: keyof Sides) => join(folder, name);
    for (const name of ['base', 'ours', 'theirs'] as const) await files.write(path(name), sides[name]);
    const answer = await git.try([
      'merge-file',
      '--stdout',
      '--quiet',
      ...flags,
      path('ours'),
      path('base'),
      path('theirs'),
    ]);
    return { exitCode: answer.exitCode, output: answer.stdout };
  });
}
