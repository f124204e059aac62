/** A file of a tar archive. */
export interface TarEntry {
  readonly path: string;
  /** Of its content, in bytes. */
  readonly size: number;
}

const BLOCK = 512;
/** What stands before an entry and tells more about it: PAX, and the long names of GNU tar. */
const PAX = 'x';
const LONG_NAME = 'L';

/**
 * Passes an archive on without the entries that `keeps` does not want, as it comes: nothing but small entries is held.
 * @param read gets the content of the entries it asks for by `wants`; these must be small
 */
export async function* filterTar(
  bytes: AsyncIterable<Buffer>,
  keeps: (entry: TarEntry) => boolean,
  reading?: { readonly wants: (entry: TarEntry) => boolean; readonly read: (entry: TarEntry, content: Buffer) => void },
): AsyncGenerator<Buffer> {
  const input = reader(bytes);
  let before: Buffer[] = [];
  let told: Partial<TarEntry> = {};
  for (let header = await input.take(BLOCK); header !== undefined; header = await input.take(BLOCK)) {
    if (header.every((byte) => byte === 0)) {
      yield header;
      continue;
    }
    const type = String.fromCharCode(header.readUInt8(156));
    const entry = { path: nameIn(header), size: numberAt(header, 124, 12), ...told };
    const padded = Math.ceil(entry.size / BLOCK) * BLOCK;
    if (type === PAX || type === LONG_NAME) {
      const content = (await input.take(padded)) ?? Buffer.alloc(0);
      told = { ...told, ...(type === PAX ? recordsIn(content, entry.size) : { path: textIn(content) }) };
      before.push(header, content);
      continue;
    }
    const isKept = keeps(entry);
    if (isKept) yield Buffer.concat([...before, header]);
    if (reading?.wants(entry)) {
      const content = (await input.take(padded)) ?? Buffer.alloc(0);
      reading.read(entry, content.subarray(0, entry.size));
      if (isKept) yield content;
    } else {
      for await (const piece of input.pass(padded)) if (isKept) yield piece;
    }
    [before, told] = [[], {}];
  }
}

function nameIn(header: Buffer): string {
  const prefix = header.toString('latin1', 257, 262) === 'ustar' ? textIn(header.subarray(345, 500)) : '';
  const name = textIn(header.subarray(0, 100));
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** Octal digits; or, for what is too large for them, the number itself behind a set first bit. */
function numberAt(header: Buffer, at: number, length: number): number {
  if ((header.readUInt8(at) & 0x80) !== 0) return Number(header.readBigUInt64BE(at + length - 8));
  return Number.parseInt(textIn(header.subarray(at, at + length)).trim() || '0', 8);
}

/** `LENGTH KEY=VALUE`, each with a newline. */
function recordsIn(content: Buffer, size: number): Partial<TarEntry> {
  const found: { path?: string; size?: number } = {};
  for (const line of content.toString('utf8', 0, size).split('\n')) {
    const [, key, value = ''] = /^\d+ ([^=]+)=(.*)$/.exec(line) ?? [];
    if (key === 'path') found.path = value;
    if (key === 'size') found.size = Number(value);
  }
  return found;
}

const textIn = (bytes: Buffer) => bytes.toString('utf8').replace(/\0.*$/s, '');

function reader(bytes: AsyncIterable<Buffer>) {
  const source = bytes[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  async function* pass(length: number): AsyncGenerator<Buffer> {
    let left = length;
    while (left > 0) {
      if (held.length === 0) {
        const { done, value } = await source.next();
        if (done) throw new RangeError('the archive ends in the middle of a file');
        held = value;
      }
      const piece = held.subarray(0, left);
      held = held.subarray(piece.length);
      left -= piece.length;
      if (piece.length > 0) yield piece;
    }
  }
  return {
    pass,
    /** Undefined at the end. */
    take: async (length: number): Promise<Buffer | undefined> => {
      const pieces: Buffer[] = [];
      while (held.length === 0) {
        const { done, value } = await source.next();
        if (done) return undefined;
        held = value;
      }
      for await (const piece of pass(length)) pieces.push(piece);
      return Buffer.concat(pieces);
    },
  };
}
