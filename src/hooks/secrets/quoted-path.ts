const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** A path as git writes it in a patch, read as one character for each byte: C-quoted when it must be, a tab behind one with blanks. */
export function unquotePath(written: string): string {
  const quoted = /^"(.*)"\t?$/s.exec(written)?.[1];
  const bytes =
    quoted?.replace(/\\(?:([0-7]{3})|(.))/gs, (_all, octal: string | undefined, letter: string) =>
      octal === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(octal, 8)),
    ) ?? written.replace(/\t$/, '');
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
