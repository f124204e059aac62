import { ALLOW, type Clue, cluesIn } from './clues.ts';
import type { Format } from './format.ts';
import { GENERIC, unquoted } from './formats-keys.ts';
import { keyFileOf } from './key-files.ts';
import type { Fragment } from './patch.ts';
import type { Finding } from './report.ts';

/** Said on a line, it is meant to be there: gitleaks' comment and ours. */
const ALLOWED = /(?:gitleaks|tagship):allow\b/;

export interface FragmentScan {
  readonly findings: readonly Finding[];
  /** Numbers of the lines that carry an allow comment. */
  readonly allowedLines: readonly number[];
}

/** Looks for every known kind of credential in lines that are added. Pure; time grows with the length alone. */
export function scanFragments(fragments: readonly Fragment[]): readonly FragmentScan[] {
  const texts = fragments.map(({ name, text }) => readable(name === undefined ? text : `${name}\n${text}`));
  const clues = cluesIn(texts.map(({ text }) => text));
  return fragments.map((fragment, index) => scanFragment(fragment, texts[index] ?? readable(''), clues[index] ?? []));
}

/** Most fragments hold nothing. */
const NOTHING: FragmentScan = { findings: [], allowedLines: [] };

function scanFragment(fragment: Fragment, { text, isBinary }: Readable, clues: readonly Clue[]): FragmentScan {
  const keyFile = fragment.first ? keyFileOf(fragment.file, fragment.text, fragment.line) : undefined;
  const matches = clues.flatMap((clue) =>
    clue === ALLOW || (isBinary && clue.textOnly) ? [] : matchesOf(clue, text, fragment.file),
  );
  if (keyFile === undefined && matches.length === 0 && !clues.includes(ALLOW)) return NOTHING;

  const { line: first, name } = fragment;
  const lines = new LineNumbers(text, name === undefined ? first : first - 1);
  const findings = new Map<string, Finding>();
  const stopped = new Set<number>();
  const warned = new Set<string>();
  const add = (line: number, finding: Pick<Finding, 'rule' | 'what' | 'severity' | 'redacted'>) => {
    if (finding.severity === 'block') stopped.add(line);
    findings.set(`${line} ${finding.rule}`, { ...finding, file: fragment.file, line, commit: fragment.commit });
  };

  if (keyFile !== undefined) add(fragment.line, { ...keyFile, redacted: 'the whole file' });

  for (const { format, at, secret } of matches) {
    const { id: rule, what, severity } = format;
    const line = lines.at(at);
    // A warning speaks for its own value alone: another one on a line of minified JSON still stops.
    if (rule === GENERIC && (stopped.has(line) || warned.has(unquoted(secret)))) continue;
    if (severity === 'warn') warned.add(secret);
    add(line, { rule, what, severity, redacted: redact(secret, format.prefix) });
  }
  const allowedLines = clues.includes(ALLOW) ? lines.where(ALLOWED).filter((line) => line >= first) : [];
  const allowed = new Set(allowedLines);
  // The line with the name was there before.
  const added = [...findings.values()].filter(({ line }) => line >= first);
  return { findings: added.filter(({ line }) => !allowed.has(line)), allowedLines };
}

interface FormatMatch {
  readonly format: Format;
  /** Where in the text. */
  readonly at: number;
  readonly secret: string;
}

function matchesOf(format: Format, text: string, file: string): readonly FormatMatch[] {
  const { pattern, accepts } = format;
  const matches: FormatMatch[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [whole] = match;
    const secret = match.groups?.secret ?? whole;
    const before = text.slice(Math.max(0, match.index - 200), match.index);
    if (!accepts({ secret, whole, before, file })) continue;
    // A key's header is what its pattern begins with; a value stands at the end of its own.
    matches.push({ format, at: match.index + (secret.includes('\n') ? 0 : whole.lastIndexOf(secret)), secret });
  }
  return matches;
}

interface Readable {
  readonly text: string;
  readonly isBinary: boolean;
}

/** Letters of UTF-16, of either byte order. Only runs of them: elsewhere a zero byte ends a string. */
const WIDE = /(?:[\t-~]\0){8,65536}|(?:\0[\t-~]){8,65536}/g;

/** UTF-16 is read by leaving its zero bytes out, of which it is half; where other letters or a program surround it, in its runs alone. */
function readable(raw: string): Readable {
  if (!raw.includes('\0')) return { text: raw, isBinary: false };
  const packed = raw.replaceAll('\0', '');
  const text = packed.length < 0.7 * raw.length ? packed : raw.replace(WIDE, (run) => run.replaceAll('\0', ''));
  return { text, isBinary: /[\x00-\x08\x0e-\x1f]/.test(text) };
}

/** Only what names the kind is shown, and how long the rest is. */
function redact(secret: string, prefix: number): string {
  return `${secret.slice(0, prefix)}… (${secret.length - prefix} characters)`;
}

/** Numbers of lines by place in the text; asked in any order. */
class LineNumbers {
  readonly #ends: number[] = [];

  constructor(
    private readonly text: string,
    private readonly first: number,
  ) {}

  at(place: number): number {
    const ends = this.#lineEnds();
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? 0) < place) low = middle + 1;
      else high = middle;
    }
    return this.first + low;
  }

  where(pattern: RegExp): readonly number[] {
    return this.text.split('\n').flatMap((line, index) => (pattern.test(line) ? [this.first + index] : []));
  }

  #lineEnds(): readonly number[] {
    if (this.#ends.length === 0) {
      for (let end = this.text.indexOf('\n'); end !== -1; end = this.text.indexOf('\n', end + 1)) this.#ends.push(end);
    }
    return this.#ends;
  }
}
