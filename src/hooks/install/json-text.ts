/** Where the value of a key of the outermost object stands in a JSON text; undefined when there is no such key. */
export function valueSpan(text: string, key: string): { readonly start: number; readonly end: number } | undefined {
  let found: number | undefined;
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],]/gs)) {
    if (found !== undefined && depth === 1 && (token === ',' || token === '}')) return { start: found, end: index };
    if (token === '{' || token === '[') depth += 1;
    if (token === '}' || token === ']') depth -= 1;
    if (depth !== 1 || !token.startsWith('"')) continue;
    const colon = /^\s*:\s*/.exec(text.slice(index + token.length))?.[0];
    // Of two with the same name the last counts.
    if (colon !== undefined && JSON.parse(token) === key) found = index + token.length + colon.length;
  }
  return undefined;
}

/** Puts lines before the closing bracket of the object that ends at `end`, in the layout of the text. */
export function insertEntries(text: string, end: number, entries: readonly string[], depth: number): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const unit = /\n([ \t]+)"/.exec(text)?.[1] ?? (text.includes('\n') ? '  ' : '');
  const close = text.lastIndexOf('}', end - 1);
  const before = text.slice(0, close).trimEnd();
  const separator = before.endsWith('{') ? '' : ',';
  const lineEnd = (by: number) => (text.includes('\n') ? `${newline}${unit.repeat(by)}` : '');
  const lines = entries.map((entry) => `${lineEnd(depth)}${entry}`).join(',');
  return `${before}${separator}${lines}${lineEnd(depth - 1)}${text.slice(close)}`;
}
