/** A ref that has moved, as git tells it, in English, once the remote has answered; what the remote says begins otherwise. */
const UPDATED = /^ (?:[ +] [0-9a-f]+\.{2,3}[0-9a-f]+|\* \[new [a-z]+\]) +\S.* -> (\S+)|^ - \[deleted\] +(\S+)/;

/** Refs that a push has changed on the remote, also where git ended it as failed. Names as git shows them. */
export function updatedRefs(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => {
    const [, moved, deleted] = UPDATED.exec(line) ?? [];
    return moved ?? deleted ?? [];
  });
}
