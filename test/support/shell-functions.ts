/** A function of a POSIX shell script, as far as variables go. The language has no local ones: what one sets, all have. */
export interface ShellFunction {
  readonly name: string;
  /** Where it sets and reads variables, and calls other functions, by offset; not what happens in a subshell. */
  readonly sets: readonly Mention[];
  readonly reads: readonly Mention[];
  readonly calls: readonly Mention[];
  /** From `do` to `done`. */
  readonly loops: readonly (readonly [number, number])[];
}

export interface Mention {
  readonly name: string;
  readonly at: number;
}

/** The functions of scripts that are read together. */
export function shellFunctions(scripts: readonly string[]): readonly ShellFunction[] {
  const found = scripts.flatMap((text) => [
    ...withoutForeign(text).matchAll(/^(\w+)\(\) (?<body>\{.*\}$|\{[\s\S]*?^\})/gm),
  ]);
  const names = new Set(found.map(([, name]) => name));
  return found.map(({ 1: name = '', groups }) => {
    const body = groups?.body ?? '';
    const calls = mentions(body, /(?<![$\w./-])([a-z_]\w*)(?![\w=./-])/g).filter((call) => names.has(call.name));
    return { name, sets: setsOf(body), reads: mentions(body, /\$\{?(\w+)/g), calls, loops: loopsOf(body) };
  });
}

const mentions = (text: string, pattern: RegExp): readonly Mention[] =>
  [...text.matchAll(pattern)].map(({ 1: name = '', index }) => ({ name, at: index }));

const COMMAND = /(?:^|[;&|{!)]|\b(?:then|do|else|if|while|until)\b)\s*(?:[a-z_]\w*=\S*\s+)*?([a-z_]\w*)=/gm;

function setsOf(body: string): readonly Mention[] {
  const read = [...body.matchAll(/\bread -r ((?:[a-z_]\w* ?)+)/g)].flatMap(({ 1: names = '', index }) =>
    names
      .trim()
      .split(' ')
      .map((name) => ({ name, at: index })),
  );
  return [...mentions(body, COMMAND), ...read, ...mentions(body, /\bfor (\w+)\b/g)];
}

function loopsOf(body: string): readonly (readonly [number, number])[] {
  const open: number[] = [];
  return [...body.matchAll(/\b(do|done)\b/g)].flatMap(({ 1: word, index }) => {
    if (word === 'do') open.push(index);
    return word === 'done' ? [[open.pop() ?? 0, index] as const] : [];
  });
}

/**
 * The same text, as long as it was, with blanks for what is no code of this shell: comments, words in quotes (variables in
 * them stay), here-documents, and everything in a subshell.
 */
function withoutForeign(text: string): string {
  const blank = (part: string) => part.replace(/[^\n]/g, ' ');
  const source = text.replace(/<<-?'?(\w+)'?.*\n[\s\S]*?^\s*\1$/gm, blank);
  const within: ('quotes' | 'subshell')[] = [];
  const next = /\\.|'[^']*'|"|(?<=[\s;])#.*|\$\(\(.*?\)\)|\$\(|\(\)|[()]|\$\{?\w+|[\s\S]/g;
  return source.replace(next, (part) => {
    const isQuoted = within.at(-1) === 'quotes';
    const isElsewhere = within.includes('subshell');
    if (part === '"') {
      if (isQuoted) within.pop();
      else within.push('quotes');
      return ' ';
    }
    if (part === '$(' || (part === '(' && !isQuoted)) within.push('subshell');
    else if (part === ')' && within.at(-1) === 'subshell') within.pop();
    // Read there as well.
    else if (isElsewhere && /^\$\{?\w/.test(part)) return part;
    else if (!isElsewhere && (/^\$\{?\w/.test(part) || (!isQuoted && !/^[\\'#]|^\$\(\(/.test(part)))) return part;
    else if (isQuoted && part.startsWith("'") && part.length > 1) return blankButVariables(part, isElsewhere);
    return blank(part);
  });
}

/** In double quotes a single one is a letter like others. */
const blankButVariables = (part: string, isElsewhere: boolean) =>
  isElsewhere ? part.replace(/[^\n]/g, ' ') : part.replace(/\$\{?\w+|[^\n]/g, (one) => (one.length > 1 ? one : ' '));
