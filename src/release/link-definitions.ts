/** A line such as `[1.0.0]: https://…` of a Markdown file. Places are offsets into the text. */
export interface LinkDefinition {
  readonly label: string;
  readonly url: string;
  readonly start: number;
  /** Behind its newline. */
  readonly end: number;
}

const DEFINITION = /^ {0,3}\[([^\]\n]+)\]:[ \t]*(\S+)[ \t]*\r?(?:\n|$)/gm;

export function linkDefinitions(text: string): readonly LinkDefinition[] {
  return [...text.matchAll(DEFINITION)].map(({ index, 0: line, 1: label = '', 2: url = '' }) => ({
    label,
    url,
    start: index,
    end: index + line.length,
  }));
}

/** Where the definitions begin that end the text; its length where none do. */
export function linksAtEnd(text: string): number {
  let start = text.length;
  for (const definition of [...linkDefinitions(text)].reverse()) {
    if (text.slice(definition.end, start).trim() !== '') break;
    start = definition.start;
  }
  return start;
}

export const isUnreleased = ({ label }: LinkDefinition) => label.toLowerCase() === 'unreleased';

/** What follows the newest release, as Keep a Changelog links to it: `…/compare/v1.0.0...HEAD`. */
const SINCE = /^(.*\/)([^/]*\d+\.\d+[^/]*?)(\.{2,3})([^/.]+)$/;

/**
 * The changelog with the links of a new release: `[Unreleased]` begins behind it, and it gets one of its own, as the
 * others have them. A changelog without such links stays.
 * @param newest the version of the release before it
 * @param url what its own link would be where the file does not tell
 */
export function linkRelease(
  text: string,
  version: string,
  { newest, url }: { readonly newest: string | undefined; readonly url: string | undefined },
): string {
  const definitions = linkDefinitions(text);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const unreleased = definitions.find(isUnreleased);
  const [, base, tag, dots, head] = SINCE.exec(unreleased?.url ?? '') ?? [];
  if (unreleased !== undefined && tag !== undefined && newest !== undefined && tag.includes(newest)) {
    const next = tag.replace(newest, () => version);
    const lines = [`[${unreleased.label}]: ${base}${next}${dots}${head}`, `[${version}]: ${base}${tag}${dots}${next}`];
    const ended = text.slice(unreleased.start, unreleased.end).endsWith('\n') ? newline : '';
    return `${text.slice(0, unreleased.start)}${lines.join(newline)}${ended}${text.slice(unreleased.end)}`;
  }
  const own = url === undefined ? undefined : `[${version}]: ${url}`;
  const first = definitions.find(({ label }) => /^v?\d+\.\d+/.test(label));
  if (own === undefined) return text;
  if (first === undefined) return `${text.trimEnd()}${newline}${newline}${own}${newline}`;
  return `${text.slice(0, first.start)}${own}${newline}${text.slice(first.start)}`;
}

/** The changelog with `[Unreleased]` leading elsewhere. */
export function relinkUnreleased(text: string, url: string): string {
  const found = linkDefinitions(text).find(isUnreleased);
  if (found === undefined) return text;
  const line = text.slice(found.start, found.end);
  return text.slice(0, found.start) + line.replace(found.url, () => url) + text.slice(found.end);
}

/** The definitions of the links that a text uses. */
export function definitionsFor(text: string, changelog: string): readonly string[] {
  const used = (label: string) => text.toLowerCase().includes(`[${label.toLowerCase()}]`);
  const found = new Map(linkDefinitions(changelog).map(({ label, url }) => [label, `[${label}]: ${url}`]));
  return [...found].flatMap(([label, line]) => (used(label) ? [line] : []));
}
