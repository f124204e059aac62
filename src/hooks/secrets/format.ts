import { isPlaceholder } from './likely.ts';

/** How one kind of credential looks. Data: `scan.ts` does the looking. */
export interface Format {
  /** The rule a finding names, and a `.gitleaksignore` line with it. gitleaks' own id where it knows the kind. */
  readonly id: string;
  /** Said to people: `GitHub personal access token`. */
  readonly what: string;
  /** Where the provider tells what it looks like. */
  readonly source: string;
  /**
   * Lower case. One of them stands in, or right before, everything the pattern matches; looked
   * for first. None: the pattern is tried on everything.
   */
  readonly keywords: readonly string[];
  /** Global, every quantifier bounded. The group `secret` is the credential. */
  readonly pattern: RegExp;
  /** How many characters at its beginning name the kind and are not secret: they may be shown. */
  readonly prefix: number;
  /** `warn`: often meant to be public, or not surely real; said, but stops nothing. */
  readonly severity: 'block' | 'warn';
  /** Whether what was matched is a credential indeed: no placeholder, a right checksum, enough entropy. */
  readonly accepts: (match: Match) => boolean;
  /** Known by the words around it alone, so that in binary files it would be found by chance. */
  readonly textOnly: boolean;
}

export interface Match {
  readonly secret: string;
  /** The whole match: the name before the value, what follows a header. */
  readonly whole: string;
  /** What stands before the match, at most 200 characters, over line ends. */
  readonly before: string;
  /** Path of the file, for formats that only some files hold. */
  readonly file: string;
}

type Extra = Partial<Pick<Format, 'accepts' | 'severity' | 'keywords'>>;

/** Neither within a longer word, except behind an escaped line end (`\nghp_…` in a string). */
const BEGIN = '(?:(?<![A-Za-z0-9])|(?<=\\\\[nrt]))';
const END = '(?![A-Za-z0-9])';

/** A credential known by how it begins. `body` is a pattern, `prefix` is not. */
export function prefixed(
  id: string,
  what: string,
  prefix: string,
  body: string,
  source: string,
  extra: Extra = {},
): Format {
  return {
    id,
    what,
    source,
    keywords: [prefix.toLowerCase()],
    pattern: new RegExp(`${BEGIN}(?<secret>${literally(prefix)}${body})${END}`, 'g'),
    prefix: prefix.length,
    severity: 'block',
    textOnly: false,
    ...extra,
    accepts: (match) => !isPlaceholder(match.secret.slice(prefix.length)) && (extra.accepts?.(match) ?? true),
  };
}

/** A pattern that matches just this text. */
export function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** A credential known by a pattern of its own; `keywords` are literals that every match holds. Its own `accepts` replaces the usual one. */
export function shaped(
  id: string,
  what: string,
  keywords: readonly string[],
  pattern: RegExp,
  source: string,
  extra: Extra & { readonly prefix?: number } = {},
): Format {
  const accepts = ({ secret }: Match) => !isPlaceholder(secret.slice(extra.prefix ?? 0));
  return { id, what, source, keywords, pattern, prefix: 0, severity: 'block', textOnly: true, accepts, ...extra };
}

/** A credential without a mark of its own: a value of this shape, given to a name that holds one of `words`. */
export function named(id: string, what: string, words: readonly string[], body: string, source: string): Format {
  const pattern = `(?:${words.join('|')})${ASSIGNED}(?<secret>${body})(?![\\w-])`;
  return shaped(id, what, words, new RegExp(pattern, 'gi'), source);
}

/** The rest of a name, and `=`, `:`, `=>`, `:=` or `,` up to the value, which may be quoted and on the next line. */
const ASSIGNED = '[\\w. -]{0,40}["\'`\\])]{0,3}\\s{0,4}(?::=|=>|[:=,])\\s{0,40}["\'`(]{0,2}';
