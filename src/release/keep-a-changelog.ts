import { markdownLines } from './markdown-lines.ts';

/** How a file that follows keepachangelog.com is written. */
export interface KeptStyle {
  /** Whether versions stand in brackets, as links do. */
  readonly bracketed: boolean;
  /** What items begin with. */
  readonly bullet: string;
}

/**
 * Undefined for a file of another style.
 * @param newest the heading of its newest release, without marks; undefined while there is none
 * @param unreleased the heading of what is not released yet
 */
export function keptStyle(
  text: string,
  newest: string | undefined,
  unreleased: string | undefined,
): KeptStyle | undefined {
  const model = newest ?? unreleased;
  const isKept = newest === undefined ? unreleased !== undefined : KEPT_HEADING.test(newest);
  if (!isKept || model === undefined) return undefined;
  const bullet = /^[ ]{0,3}([-*+]) /m.exec(text)?.[1] ?? '-';
  return { bracketed: model.startsWith('['), bullet };
}

const KEPT_HEADING = /^\[?v?\d+\.\d+[\w.+-]*\]? - \d{4}-\d{2}-\d{2}/;

/** A generated section's heading: version, where it links to, and date. */
const GENERATED = /^## \[?([\w.+-]+?)\]?(?:\((\S+)\))? \((\d{4}-\d{2}-\d{2})\)$/;

/** The kinds of changes, as they are called there. */
const KINDS: Readonly<Record<string, string>> = {
  Features: 'Added',
  'Bug Fixes': 'Fixed',
  'Performance Improvements': 'Changed',
  Reverts: 'Changed',
};

export interface KeptSection {
  readonly section: string;
  readonly version: string;
  /** Where its heading linked to. */
  readonly url: string | undefined;
}

/**
 * A generated section in this style, with what was written by hand for it: each kind of change stands there once.
 * Undefined for a section of another make.
 */
export function keepSection(section: string, handWritten: string, style: KeptStyle): KeptSection | undefined {
  const [heading = '', ...rest] = section.split('\n');
  const [, version, url, date] = GENERATED.exec(heading) ?? [];
  if (version === undefined || date === undefined) return undefined;
  const generated = rest.join('\n').replace(/^\* /gm, () => `${style.bullet} `);
  const named = generated.replace(/^### (.+)$/gm, (line, kind: string) => (KINDS[kind] ? `### ${KINDS[kind]}` : line));
  const body = mergeKinds(handWritten, named.trim());
  const title = style.bracketed ? `[${version}]` : version;
  return { section: [`## ${title} - ${date}`, body].filter((part) => part !== '').join('\n\n'), version, url };
}

interface Kind {
  readonly heading: string;
  readonly text: string;
}

/** What is generated goes below what was written by hand of the same kind. */
function mergeKinds(handWritten: string, generated: string): string {
  const kinds: Kind[] = [...kindsOf(handWritten)];
  for (const { heading, text } of kindsOf(generated)) {
    const index = kinds.findIndex((kind) => sameKind(kind.heading, heading));
    const kind = kinds[index];
    if (kind === undefined) kinds.push({ heading, text });
    else kinds[index] = { heading, text: isEmpty(kind) ? text : `${kind.text}\n${itemsOf(text)}` };
  }
  // Headings that wait for something to be written below them wait for the next release.
  return kinds.flatMap((kind) => (isEmpty(kind) ? [] : [kind.text])).join('\n\n');
}

const itemsOf = (text: string) => text.replace(/^[^\n]*\n+/, '');
const isEmpty = ({ heading, text }: Kind) => heading !== '' && !text.includes('\n');

const sameKind = (one: string, other: string) => one !== '' && one.toLowerCase() === other.toLowerCase();

/** The text cut at its headings; what stands above the first one has none. */
function kindsOf(text: string): readonly Kind[] {
  const headings = markdownLines(text).filter(({ level }) => level > 0);
  const cuts = [{ start: 0, text: '' }, ...headings];
  const kinds = cuts.map(({ start, text: heading }, index) => ({
    heading,
    text: text.slice(start, cuts[index + 1]?.start).trim(),
  }));
  return kinds.filter((kind) => kind.text !== '');
}
