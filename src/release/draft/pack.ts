import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';

export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';

/** An object as git stores it. */
export interface NewObject {
  readonly type: ObjectType;
  readonly content: Buffer;
}

/** What a repository names its objects by. */
export type HashName = 'sha1' | 'sha256';

/** The hash of a repository, told by the length of any id of it. */
export const hashOf = (id: string): HashName => (id.length === 64 ? 'sha256' : 'sha1');

/** The id that git gives an object: the hash of its type, its size and its content. */
export function objectId({ type, content }: NewObject, hash: HashName): string {
  return createHash(hash).update(`${type} ${content.length}\0`).update(content).digest('hex');
}

/** Objects as `git unpack-objects` reads them: a pack of version 2, nothing in it a difference (gitformat-pack(5)). */
export function packOf(objects: readonly NewObject[], hash: HashName): Buffer {
  const header = Buffer.alloc(12);
  header.write('PACK');
  header.writeUInt32BE(2, 4);
  header.writeUInt32BE(objects.length, 8);
  const entries = objects.flatMap(({ type, content }) => [entryHeader(type, content.length), deflateSync(content)]);
  const body = Buffer.concat([header, ...entries]);
  return Buffer.concat([body, createHash(hash).update(body).digest()]);
}

const TYPE_NUMBER: Readonly<Record<ObjectType, number>> = { commit: 1, tree: 2, blob: 3, tag: 4 };

/** Type and size: four bits of the size, then seven in each byte, lowest first; the highest bit says that more follow. */
function entryHeader(type: ObjectType, size: number): Buffer {
  const bytes = [(TYPE_NUMBER[type] << 4) | (size & 15)];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.push((bytes.pop() ?? 0) | 128, rest & 127);
  }
  return Buffer.from(bytes);
}
