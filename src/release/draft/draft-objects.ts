import { EXIT, Problem } from '../../core/problem.ts';
import type { Git } from '../../io/ports.ts';
import { DURABLY } from '../durable.ts';
import { type HashName, hashOf, type NewObject, type ObjectType, objectId, packOf } from './pack.ts';

/**
 * Objects of a release that are made here and put into the store together, by one git. What an object is called is
 * known as soon as it is made, so that the next one can name it.
 */
export interface DraftObjects {
  /** Makes an object and returns its id. It is not in the store before {@link write}. */
  add(type: ObjectType, content: Buffer): string;
  /**
   * Puts everything made so far into the store, on disk when it returns. To be called before any git that reads it.
   * @throws Problem `objects-refused`
   */
  write(): Promise<void>;
}

/** @param id any id of the repository, which tells how it names its objects */
export function draftObjects(git: Git, id: string): DraftObjects {
  const hash = hashOf(id);
  let pending: NewObject[] = [];
  let written: Promise<void> = Promise.resolve();
  return {
    add: (type, content) => {
      const object = { type, content };
      pending.push(object);
      return objectId(object, hash);
    },
    // After what is being written already: objects of this call may name those of an earlier one.
    write: () => {
      written = written.then(() => {
        const objects = pending;
        pending = [];
        return unpack(git, objects, hash);
      });
      return written;
    },
  };
}

async function unpack(git: Git, objects: readonly NewObject[], hash: HashName): Promise<void> {
  if (objects.length === 0) return;
  const answer = await git.try([...DURABLY, 'unpack-objects', '-q'], { input: packOf(objects, hash) });
  if (answer.exitCode === 0) return;
  throw new Problem({
    code: 'objects-refused',
    what: 'git could not write the objects of the release; nothing has changed',
    why: answer.stderr.trim(),
    fix: 'mend what git says, then run the same command again',
    exit: EXIT.refused,
  });
}
