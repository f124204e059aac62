/** An entry of a tree object, with its name as the bytes that git keeps. */
export interface RawEntry {
  /** As written: `100644`, `100755`, `120000`, `40000` for a folder, `160000` for a submodule. */
  readonly mode: string;
  readonly name: Buffer;
  /** Hexadecimal. */
  readonly id: string;
}

export const FOLDER = '40000';

/**
 * Reads a tree object: `mode SP name NUL id`, again and again, the id as bytes.
 * @param idBytes 20, or 32 for SHA-256
 * @throws RangeError for what is none, or has ids of another length
 */
export function parseRawTree(content: Buffer, idBytes: number): readonly RawEntry[] {
  const entries: RawEntry[] = [];
  for (let at = 0; at < content.length; ) {
    const blank = content.indexOf(32, at);
    const end = content.indexOf(0, blank);
    const next = end + 1 + idBytes;
    if (blank < at || end < blank || next > content.length) throw new RangeError('not a tree object of such ids');
    entries.push({
      mode: content.toString('latin1', at, blank),
      name: content.subarray(blank + 1, end),
      id: content.toString('hex', end + 1, next),
    });
    at = next;
  }
  return entries;
}

/** The tree object of these entries, in git's own order. */
export function rawTree(entries: readonly RawEntry[]): Buffer {
  const sorted = [...entries].sort((one, other) => Buffer.compare(sortKey(one), sortKey(other)));
  return Buffer.concat(
    sorted.flatMap(({ mode, name, id }) => [Buffer.from(`${mode} `), name, Buffer.from([0]), Buffer.from(id, 'hex')]),
  );
}

/** A folder is sorted as if its name ended with a slash. */
const sortKey = ({ mode, name }: RawEntry) => (isFolder(mode) ? Buffer.concat([name, Buffer.from('/')]) : name);

/** Old gits wrote `040000`. */
export const isFolder = (mode: string) => mode.replace(/^0+/, '') === FOLDER;
