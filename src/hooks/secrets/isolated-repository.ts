import { join } from 'node:path';
import type { Files, Git } from '../../io/ports.ts';

/** A repository with the same objects as the user's, and nothing of the user's settings. */
export interface IsolatedRepository {
  /** Where more files may be put; gone when it is no longer used. */
  readonly folder: string;
  /** Makes any git work on it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path of a file in the real repository's own folder, `MERGE_HEAD` for one. */
  readonly mergeHead: string;
}

/**
 * Hands a throw-away repository to `use` that borrows the objects of the real one. Configuration, attributes, replacements
 * and grafts are not there, so that none of them can keep a line from being shown.
 */
export async function withIsolatedRepository<T>(
  git: Git,
  files: Files,
  use: (repository: IsolatedRepository) => Promise<T>,
): Promise<T> {
  const asked = ['--git-path', 'objects', '--git-path', 'shallow', '--git-path', 'MERGE_HEAD', '--show-object-format'];
  const asking = git.run(['rev-parse', '--path-format=absolute', ...asked]);
  // Waited for below, when the folders are there.
  asking.catch(() => {});
  return files.withTemporaryFolder(async (folder) => {
    const put = (path: string, text: string) => files.write(join(folder, path), Buffer.from(text));
    await Promise.all([files.makeFolder(join(folder, 'objects', 'info')), files.makeFolder(join(folder, 'refs'))]);
    const [objects = '', shallowFile = '', mergeHead = '', format] = (await asking).split('\n');
    const shallow = await files.readBytes(shallowFile);
    await Promise.all([
      put('HEAD', 'ref: refs/heads/none\n'),
      put('config', configFor(format ?? 'sha1')),
      put('objects/info/alternates', `${quoted(objects)}\n`),
      ...(shallow === undefined ? [] : [files.write(join(folder, 'shallow'), shallow)]),
    ]);
    return use({ folder, env: environmentFor(folder), mergeHead });
  });
}

function configFor(format: string): string {
  const core = '[core]\n\trepositoryformatversion = 1\n\tbare = true\n\tquotePath = false\n';
  return `${core}[extensions]\n\tobjectFormat = ${format}\n`;
}

/** Alternates are read as C strings when they begin with a quote; a bare `#` or line end would be lost. */
function quoted(path: string): string {
  return `"${path.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

/** The quarantine of a pre-receive hook (GIT_ALTERNATE_OBJECT_DIRECTORIES) stays in force: objects are looked up there too. */
function environmentFor(folder: string): Readonly<Record<string, string | undefined>> {
  const nothing = join(folder, 'no-such-file');
  return {
    GIT_DIR: folder,
    GIT_OBJECT_DIRECTORY: join(folder, 'objects'),
    GIT_COMMON_DIR: undefined,
    GIT_WORK_TREE: undefined,
    GIT_INDEX_FILE: undefined,
    GIT_NAMESPACE: undefined,
    GIT_CONFIG: undefined,
    GIT_CONFIG_COUNT: undefined,
    GIT_CONFIG_PARAMETERS: undefined,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_SYSTEM: nothing,
    GIT_CONFIG_GLOBAL: nothing,
    GIT_ATTR_NOSYSTEM: '1',
    GIT_ATTR_SOURCE: undefined,
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_REPLACE_REF_BASE: undefined,
    GIT_GRAFT_FILE: undefined,
    GIT_SHALLOW_FILE: undefined,
    GIT_EXTERNAL_DIFF: undefined,
    GIT_DIFF_OPTS: undefined,
    // Objects are in the quarantine's place no longer; nothing is written but into the folder.
    GIT_QUARANTINE_PATH: undefined,
  };
}
