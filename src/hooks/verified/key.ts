import { createHash } from 'node:crypto';
import type { ChecksConfig } from '../../config/schema.ts';
import { type GateCommands, isPlainTool } from '../gates/gate-commands.ts';
import { folderOf, type Package, type TreeFile } from '../gates/packages.ts';
import { foldersUp } from '../gates/toolchain.ts';

/** Raised when a verdict of an older tagship must not count any more. */
const SCHEMA = 1;

/** Files above a package that its tools read: lockfiles, analysis options, the pinned SDK. */
const READ_FROM_ABOVE = /(?:\.ya?ml|\.lock|\.json|^\.fvmrc)$/;

/** A file or folder of the repository that a verdict depends on. */
export interface Input {
  /** '' for the whole tree. */
  readonly path: string;
  readonly id: string;
}

/**
 * The parts of a tree that the gates of a package can see. A command that is more than a call of the SDK's tool may
 * read anything.
 * @param root stands for the whole tree
 * @param isFar whether the package makes its tools read what stands elsewhere
 */
export function inputsOf(
  tree: readonly TreeFile[],
  root: string,
  { folder, dependencies }: Package,
  commands: GateCommands,
  isFar = false,
): readonly Input[] {
  const folders = [folder, ...dependencies];
  const everything = isFar || folders.includes('') || !Object.values(commands).every(isPlainTool);
  if (everything) return [{ path: '', id: root }];
  const isSetting = settingsAbove(folders);
  return tree
    .filter(({ path, type }) => folders.includes(path) || (type === 'blob' && isSetting(path)))
    .map(({ path, id }) => ({ path, id }))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** Tells of a path whether the tools of the packages in these folders see it without being led there. */
export function visibleTo(folders: readonly string[]): (path: string) => boolean {
  const isSetting = settingsAbove(folders);
  return (path) => folders.some((own) => path === own || path.startsWith(`${own}/`)) || isSetting(path);
}

function settingsAbove(folders: readonly string[]): (path: string) => boolean {
  const above = new Set(folders.flatMap((own) => foldersUp(own).slice(1)));
  return (path) => above.has(folderOf(path)) && READ_FROM_ABOVE.test(path.slice(path.lastIndexOf('/') + 1));
}

/** What a verdict depends on. */
export interface VerdictFacts {
  readonly folder: string;
  readonly inputs: readonly Input[];
  /** Of the SDK; undefined when no command uses one. */
  readonly toolchain: string | undefined;
  readonly commands: GateCommands;
  readonly coverage: ChecksConfig['coverage'];
}

/** Two verdicts with the same key are the same verdict. Safe as a file name. */
export function verdictKey({ folder, inputs, toolchain, commands, coverage }: VerdictFacts): string {
  const { get, analyze, test } = commands;
  const facts = [
    SCHEMA,
    folder,
    inputs.map(({ path, id }) => [path, id]),
    toolchain ?? null,
    [get, analyze, test],
    coverage === undefined ? null : [coverage.minimum, coverage.exclude],
  ];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}
