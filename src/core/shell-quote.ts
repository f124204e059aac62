/** Written as they are by every POSIX shell; anything else gets quotes. */
const PLAIN = /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/;

/**
 * One word of a POSIX shell command line that stands for exactly `text`, whatever it holds.
 * The only place where quoting happens: everything else passes argument lists.
 * @throws RangeError for a NUL byte, which no argument can hold.
 */
export function shellQuote(text: string): string {
  if (text.includes('\0')) throw new RangeError('a shell argument cannot hold a NUL byte');
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The same for a command that is typed on Windows too, where only double quotes are any. */
export function quoteAnywhere(text: string): string {
  const quoted = shellQuote(text);
  // Between double quotes a shell would read something else into these.
  return quoted === text || /[$`"\\!]/.test(text) ? quoted : `"${text}"`;
}

export function shellJoin(words: readonly string[]): string {
  return words.map(shellQuote).join(' ');
}
