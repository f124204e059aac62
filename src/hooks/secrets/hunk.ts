/** Where a hunk of a patch stands. */
export interface Hunk {
  /** What a line that no parent has begins with: a plus for each of them. */
  readonly added: string;
  /** Number of its next line in the file. */
  next: number;
}

/** `@@ -a,b +c,d @@`, of a merge `@@@ -a,b -c,d +e,f @@@`. */
export function readHunkHeader(line: string): Hunk | undefined {
  if (!line.startsWith('@@')) return undefined;
  const [, marks, start] = /^@(@+) (?:-\d+(?:,\d+)? )+\+(\d+)(?:,\d+)? @/.exec(line) ?? [];
  return marks === undefined ? undefined : { added: '+'.repeat(marks.length), next: Number(start) };
}
