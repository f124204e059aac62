import { posix } from 'node:path';
import { parse } from 'yaml';

/** An entry of a tree, as `git ls-tree -r -t` lists it. */
export interface TreeFile {
  readonly path: string;
  readonly type: string;
  readonly id: string;
  /** Whether it is a symbolic link, whose content is where it leads. */
  readonly isLink?: boolean;
}

/** A Dart or Flutter package of the repository. */
export interface Package {
  /** Inside the repository, '' for its root. */
  readonly folder: string;
  /** other: no package at all, but a repository whose own gates are configured. */
  readonly kind: 'flutter' | 'dart' | 'other';
  readonly hasTests: boolean;
  /** Folders of the packages here that it is built from, directly or not; itself not among them. Sorted. */
  readonly dependencies: readonly string[];
  /** It is also built from files outside the repository, which no commit tells anything about. */
  readonly reachesOutside: boolean;
}

interface Pubspec {
  readonly folder: string;
  readonly name: string | undefined;
  readonly kind: Package['kind'];
  readonly dependencies: ReadonlyMap<string, unknown>;
}

const SECTIONS = ['dependencies', 'dev_dependencies', 'dependency_overrides'] as const;
const PUBSPECS = ['pubspec.yaml', 'pubspec_overrides.yaml'];

/**
 * Paths of the files that tell which packages there are. Tools keep copies in folders whose names begin with a dot; what they
 * build is in no commit, so a folder that is called `build` there is one like any other.
 */
export function pubspecPaths(tree: readonly TreeFile[]): readonly string[] {
  return tree
    .filter(({ path, type }) => type === 'blob' && PUBSPECS.includes(posix.basename(path)))
    .map(({ path }) => path)
    .filter((path) => !path.split('/').some((part) => part.startsWith('.')));
}

/**
 * The packages of a tree, sorted by folder.
 * @param contents of the files that {@link pubspecPaths} names; one that is no YAML map makes a package without
 *   dependencies, about which its own tool will complain
 */
export function packagesOf(tree: readonly TreeFile[], contents: ReadonlyMap<string, string>): readonly Package[] {
  const pubspecs = [...contents]
    .filter(([path]) => posix.basename(path) === 'pubspec.yaml')
    .map(([path, text]) => {
      const folder = folderOf(path);
      return readPubspec(folder, [text, contents.get(posix.join(folder, 'pubspec_overrides.yaml'))]);
    });
  const folders = new Map(pubspecs.map((pubspec) => [pubspec.folder, pubspec]));
  const named = new Map(pubspecs.map(({ name, folder }) => [name, folder]));
  return pubspecs
    .map(({ folder, kind }) => {
      const { reached, outside } = reachable(folder, folders, named);
      return { folder, kind, hasTests: hasTests(tree, folder), dependencies: reached, reachesOutside: outside };
    })
    .sort((one, other) => (one.folder < other.folder ? -1 : 1));
}

/** Folder of a path, '' for the root. */
export function folderOf(path: string): string {
  const folder = posix.dirname(path);
  return folder === '.' ? '' : folder;
}

function readPubspec(folder: string, texts: readonly (string | undefined)[]): Pubspec {
  const dependencies = new Map<string, unknown>();
  let name: string | undefined;
  for (const text of texts) {
    const map = yamlMap(text);
    if (typeof map.name === 'string') name = map.name;
    for (const section of SECTIONS) {
      for (const [dependency, source] of Object.entries(asMap(map[section]))) dependencies.set(dependency, source);
    }
  }
  const flutter = dependencies.has('flutter') || 'flutter' in yamlMap(texts[0]);
  return { folder, name, kind: flutter ? 'flutter' : 'dart', dependencies };
}

function yamlMap(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    return asMap(parse(text ?? '', { logLevel: 'silent' }));
  } catch {
    return {};
  }
}

function asMap(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** Follows path dependencies, and names of packages here: a workspace finds its members by name. */
function reachable(
  start: string,
  folders: ReadonlyMap<string, Pubspec>,
  named: ReadonlyMap<string | undefined, string>,
): { reached: readonly string[]; outside: boolean } {
  const reached = new Set<string>();
  let outside = false;
  const queue = [start];
  for (let folder = queue.pop(); folder !== undefined; folder = queue.pop()) {
    if (reached.has(folder)) continue;
    reached.add(folder);
    for (const [name, source] of folders.get(folder)?.dependencies ?? []) {
      const { path } = asMap(source);
      const target = typeof path === 'string' ? posix.join(folder, path.replaceAll('\\', '/')) : named.get(name);
      if (target === undefined) continue;
      const normal = target.replace(/^\.$/, '').replace(/\/+$/, '');
      if (posix.isAbsolute(String(path ?? '')) || normal === '..' || normal.startsWith('../')) outside = true;
      else queue.push(normal);
    }
  }
  reached.delete(start);
  return { reached: [...reached].sort(), outside };
}

function hasTests(tree: readonly TreeFile[], folder: string): boolean {
  const inside = folder === '' ? 'test/' : `${folder}/test/`;
  return tree.some(({ path }) => path.startsWith(inside) && path.endsWith('_test.dart'));
}
