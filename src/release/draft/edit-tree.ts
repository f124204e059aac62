import { EXIT, Problem } from '../../core/problem.ts';
import type { Git } from '../../io/ports.ts';
import { isCheckoutName } from './checkout-name.ts';
import type { DraftObjects } from './draft-objects.ts';
import { FOLDER, isFolder, parseRawTree, type RawEntry, rawTree } from './raw-tree.ts';

export interface FileContent {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly bytes: Buffer;
}

/** What is put into a folder: files by name, and further folders. */
interface Changes {
  readonly files: Map<string, Buffer>;
  readonly folders: Map<string, Changes>;
}

/**
 * Makes the tree that differs from `base` in these files alone and returns its id. Every other entry stays byte for
 * byte; a file that is there keeps its mode.
 * @param base id of a commit or tree
 * @throws Problem `tree-refused` for a path that no checkout could write
 */
export async function editTree(
  git: Git,
  draft: DraftObjects,
  base: string,
  changes: readonly FileContent[],
): Promise<string> {
  return editFolder({ git, draft, idBytes: base.length / 2 }, `${base}^{tree}`, '', grouped(changes));
}

function grouped(changes: readonly FileContent[]): Changes {
  const root: Changes = { files: new Map(), folders: new Map() };
  for (const { path, bytes } of changes) {
    const folders = path.split('/');
    const name = folders.pop() ?? '';
    let at = root;
    for (const folder of folders) {
      const inside = at.folders.get(folder) ?? { files: new Map(), folders: new Map() };
      at.folders.set(folder, inside);
      at = inside;
    }
    at.files.set(name, bytes);
  }
  return root;
}

interface Parts {
  readonly git: Git;
  readonly draft: DraftObjects;
  /** How long an id is. */
  readonly idBytes: number;
}

/** @param tree name of the folder as it is; undefined for a new one. @returns id of the changed one */
async function editFolder(parts: Parts, tree: string | undefined, path: string, changes: Changes): Promise<string> {
  const entries = new Map((await readEntries(parts, tree)).map((entry) => [keyOf(entry.name), entry]));
  const put = (name: string, entry: Pick<RawEntry, 'mode' | 'id'>) => {
    const bytes = Buffer.from(name);
    entries.set(keyOf(bytes), { name: bytes, ...entry });
  };
  for (const [name, inside] of changes.folders) {
    const place = `${path}${name}`;
    const there = entryFor(entries, name, place);
    if (there !== undefined && !isFolder(there.mode)) throw refused(`${place} is no folder`);
    const id = await editFolder(parts, there?.id, `${place}/`, inside);
    put(name, { mode: there?.mode ?? FOLDER, id });
  }
  for (const [name, bytes] of changes.files) {
    const place = `${path}${name}`;
    const there = entryFor(entries, name, place);
    if (there !== undefined && !/^0*1[02]0/.test(there.mode)) throw refused(`${place} is no file`);
    put(name, { mode: there?.mode ?? '100644', id: parts.draft.add('blob', bytes) });
  }
  return parts.draft.add('tree', rawTree([...entries.values()]));
}

async function readEntries({ git, idBytes }: Parts, tree: string | undefined): Promise<readonly RawEntry[]> {
  if (tree === undefined) return [];
  const [content] = await git.readObjects([tree]);
  if (content === undefined) throw refused(`the tree ${tree} cannot be read`);
  return parseRawTree(content, idBytes);
}

/** The entry of this name, if there is one. @throws Problem for a new name that could not be checked out */
function entryFor(entries: ReadonlyMap<string, RawEntry>, name: string, path: string): RawEntry | undefined {
  const there = entries.get(keyOf(Buffer.from(name)));
  if (there === undefined && !isCheckoutName(name)) throw refused(`no file can be made at ${path}`);
  return there;
}

/** Names are bytes, and compared as such. */
const keyOf = (name: Buffer) => name.toString('latin1');

function refused(why: string): Problem {
  return new Problem({
    code: 'tree-refused',
    what: 'the files of the release cannot be written; nothing has changed',
    why,
    fix: 'mend the paths under release: in tagship.yaml, then run the same command again',
    exit: EXIT.refused,
  });
}
