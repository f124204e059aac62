import { type Document, isMap, isScalar, parseDocument, Scalar, type YAMLMap, type YAMLParseError } from 'yaml';
import { EXIT, Problem, type ProblemFacts } from '../core/problem.ts';
import { parseVersion, type Version } from '../core/version.ts';

/** Where a pubspec's version stands. Offsets count UTF-16 units of the text and leave quotes outside. */
export interface VersionSpot {
  readonly version: Version;
  readonly start: number;
  readonly end: number;
}

/** Why a pubspec's version cannot be edited, as a sentence for the user. */
export class UneditablePubspec extends Error {
  override readonly name = 'UneditablePubspec';
}

/** It cannot even be read, so that nothing can be said of its version. */
class InvalidYaml extends UneditablePubspec {}

/**
 * Does something with a file that may turn out to be uneditable, and tells the user so.
 * @throws Problem with these facts, and why (exit 3)
 */
export function editing<T>(facts: Pick<ProblemFacts, 'code' | 'what' | 'fix'>, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UneditablePubspec)) throw error;
    const fix = error instanceof InvalidYaml ? MEND_YAML : facts.fix;
    throw new Problem({ ...facts, fix, why: error.message, exit: EXIT.refused });
  }
}

const MEND_YAML = 'mend that line, commit it, then run the same command again';

function invalidYaml(text: string, { message, pos: [start] }: YAMLParseError): string {
  const line = text.slice(0, start).split('\n').length;
  return `it is not valid YAML, line ${line}: ${message}`;
}

/** The text of a file that is UTF-8, byte for byte. @throws UneditablePubspec when it is not */
export function textOf(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(bytes)) throw new UneditablePubspec('it is not UTF-8 text');
  return text;
}

const QUOTED: readonly unknown[] = [Scalar.QUOTE_SINGLE, Scalar.QUOTE_DOUBLE];

/** What a release needs of a pubspec. */
export interface Pubspec {
  /** What the package is called; '' where the pubspec does not say. */
  readonly name: string;
  /** Undefined when the pubspec has none, as those of workspaces do. */
  readonly version: VersionSpot | undefined;
}

/**
 * Reads by YAML's own rules, so that a `version:` inside a nested map, a comment or a block scalar is never mistaken
 * for the package's.
 * @throws UneditablePubspec when the file is not one YAML map, or the version is not a plain or quoted one.
 */
export function readPubspec(text: string): Pubspec {
  const { map, bom } = pubspecMap(text);
  const name = map.get('name');
  return { name: typeof name === 'string' ? name : '', version: versionSpot(map, text, bom) };
}

export interface PubspecMap {
  readonly document: Document;
  readonly map: YAMLMap;
  /** What the byte order mark adds to the parser's offsets: 1, or 0 without one. */
  readonly bom: number;
}

/** @throws UneditablePubspec when the file is not one YAML map */
export function pubspecMap(text: string): PubspecMap {
  const bom = text.startsWith('\ufeff') ? 1 : 0;
  const document = parseDocument(text.slice(bom), { prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) throw new InvalidYaml(invalidYaml(text.slice(bom), error));
  if (!isMap(document.contents)) throw new UneditablePubspec('it is not a YAML map');
  return { document, map: document.contents, bom };
}

/** How many characters a value's quotes take on each side. */
export const quotesOf = ({ type }: Scalar) => (QUOTED.includes(type) ? 1 : 0);

/** The top-level version of a YAML or JSON file. @throws UneditablePubspec as {@link readPubspec} */
export const findVersion = (text: string) => readPubspec(text).version;

function versionSpot(map: YAMLMap, text: string, bom: number): VersionSpot | undefined {
  const pair = map.items.find((item) => isScalar(item.key) && item.key.value === 'version');
  if (pair === undefined) return undefined;
  const { value } = pair;
  if (!isScalar(value) || value.range == null) throw new UneditablePubspec('its version is not a single value');
  const quotes = quotesOf(value);
  if (quotes === 0 && value.type !== Scalar.PLAIN) throw new UneditablePubspec('its version is a block of text');
  const [start, end] = [value.range[0] + bom + quotes, value.range[1] + bom - quotes];
  const written = text.slice(start, end);
  const version = parseVersion(written);
  if (version === undefined) throw new UneditablePubspec(`its version "${written}" is not major.minor.patch[+build]`);
  return { version, start, end };
}

/**
 * The same file with another version: only the bytes of the value differ.
 * @throws UneditablePubspec as {@link findVersion}, or when the bytes are not UTF-8.
 */
export function replaceVersion(bytes: Buffer, version: string): Buffer {
  const text = textOf(bytes);
  const spot = findVersion(text);
  if (spot === undefined) throw new UneditablePubspec('it has no version');
  const edited = text.slice(0, spot.start) + version + text.slice(spot.end);
  // The parser has the last word: a spot it would read differently afterwards is refused, not published.
  if (findVersion(edited)?.version.core !== parseVersion(version)?.core) {
    throw new UneditablePubspec('its version line is written in a way that cannot be edited safely');
  }
  return Buffer.from(edited, 'utf8');
}
