import { posix } from 'node:path';
import type { ReleaseConfig } from '../config/schema.ts';
import { EXIT, Problem } from '../core/problem.ts';
import type { Git } from '../io/ports.ts';
import type { ChangelogFile, Ref, ReleaseFacts, TextFile, TreeEntry } from './facts.ts';

export interface FileFacts extends Pick<ReleaseFacts, 'pubspecs' | 'pubspecsElsewhere' | 'versionFiles' | 'changelog'> {
  /** Where packages are independent: beside each pubspec, by its path. */
  readonly changelogs: ReadonlyMap<string, ChangelogFile | undefined>;
}

/**
 * The files that carry a version, and the changelog, read in one go; a second only when the changelog is a symbolic
 * link.
 * @param elsewhere branches whose pubspecs have a say in the build number
 */
export async function lookAtFiles(
  git: Git,
  tree: readonly TreeEntry[],
  config: ReleaseConfig,
  elsewhere: readonly Ref[],
): Promise<FileFacts> {
  const blobs = new Map(tree.filter(({ type }) => type === 'blob').map((entry) => [entry.path, entry]));
  const pubspecPaths = [...blobs.keys()].filter((path) => isPubspec(path, config.pubspec));
  const folders = new Set(tree.filter(({ type }) => type === 'tree').map(({ path }) => path));
  const independent = config.packages?.mode === 'independent';
  const beside = new Map(independent ? pubspecPaths.map((path) => [path, changelogOf(path, config)]) : []);
  const changelog = independent ? false : config.changelog;
  const wanted = new Map<string, string>();
  const paths = [...pubspecPaths, ...config.files.map((file) => file.path), changelog, ...beside.values()];
  for (const path of paths) {
    const entry = path === false ? undefined : blobs.get(path);
    if (entry !== undefined) wanted.set(entry.path, entry.id);
  }
  const foreign = elsewhere.flatMap((ref) =>
    pubspecPaths.map((path) => ({ branch: ref.name, path, name: `${ref.commit}:${path}` })),
  );
  const contents = await git.readObjects([...wanted.values(), ...foreign.map(({ name }) => name)]);
  const here = new Map([...wanted.keys()].map((path, index) => [path, contents[index]]));
  const changelogs = new Map<string, ChangelogFile | undefined>();
  for (const [pubspec, path] of beside) changelogs.set(pubspec, await followLink(git, blobs, path, here, folders));
  return {
    pubspecs: pubspecPaths.flatMap((path) => withBytes(path, here.get(path))),
    pubspecsElsewhere: foreign.flatMap(({ branch, path }, index) =>
      withBytes(path, contents[wanted.size + index]).map((file) => ({ ...file, branch })),
    ),
    versionFiles: config.files.map(({ path }) => ({ path, bytes: here.get(path) })),
    changelog: await followLink(git, blobs, changelog, here, folders),
    changelogs,
  };
}

function changelogOf(pubspec: string, { changelog }: ReleaseConfig): ReleaseConfig['changelog'] {
  return changelog === false ? false : posix.join(posix.dirname(pubspec), changelog);
}

function withBytes(path: string, bytes: Buffer | undefined): TextFile[] {
  return bytes === undefined ? [] : [{ path, bytes }];
}

/** Flutter keeps generated copies of plugins' pubspecs in folders of its own; those are nobody's version. */
function isPubspec(path: string, configured: string | undefined): boolean {
  if (configured !== undefined) return path === configured;
  return posix.basename(path) === 'pubspec.yaml' && !path.split('/').some((part) => part.startsWith('.'));
}

async function followLink(
  git: Git,
  blobs: ReadonlyMap<string, TreeEntry>,
  path: ReleaseConfig['changelog'],
  here: ReadonlyMap<string, Buffer | undefined>,
  folders: ReadonlySet<string>,
): Promise<ChangelogFile | undefined> {
  if (path === false) return undefined;
  if (folders.has(path)) throw unusableChangelog(path, 'it is a folder');
  const bytes = here.get(path);
  if (blobs.get(path)?.mode !== '120000' || bytes === undefined) return { path, bytes };
  const link = bytes.toString('utf8');
  const target = posix.normalize(posix.join(posix.dirname(path), link));
  if (posix.isAbsolute(link) || target.startsWith('../') || target === path)
    throw unusableChangelog(path, `it is a link to ${link}`);
  const entry = blobs.get(target);
  const [content] = entry === undefined ? [] : await git.readObjects([entry.id]);
  return { path: target, bytes: content };
}

function unusableChangelog(path: string, why: string): Problem {
  return new Problem({
    code: 'changelog-uneditable',
    what: `${path} cannot get a new section`,
    why,
    fix: 'name the real file in tagship.yaml: release: { changelog: … } (or false for none)',
    exit: EXIT.refused,
  });
}
