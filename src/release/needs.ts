import { isDeepStrictEqual } from 'node:util';
import { type Document, isAlias, isMap, isScalar, Scalar, type YAMLMap } from 'yaml';
import type { Version } from '../core/version.ts';
import { nextConstraint } from './constraint.ts';
import { pubspecMap, quotesOf, textOf, UneditablePubspec } from './pubspec.ts';

/** A package that a pubspec needs. */
export interface Need {
  readonly name: string;
  /** Keys that lead to the constraint, e.g. `dependencies`, `core`, `version`. */
  readonly keys: readonly string[];
  /** Undefined where none is written, as for a path alone: then any version will do. */
  readonly constraint: ConstraintSpot | undefined;
  /** Whether it may be the one in this repository: neither a git repository nor an SDK is named to get it from. */
  readonly isFromHere: boolean;
}

export interface ConstraintSpot {
  readonly text: string;
  /** Offsets count UTF-16 units and leave quotes outside. */
  readonly start: number;
  readonly end: number;
  /** Undefined: it is written in one piece; else what keeps it from being edited. */
  readonly obstacle: string | undefined;
}

/** Overrides are left alone: they stand there because the constraints were not to count. */
const SECTIONS = ['dependencies', 'dev_dependencies'] as const;

/** What a pubspec needs. @throws UneditablePubspec when it is not one YAML map */
export function readNeeds(text: string): readonly Need[] {
  const { map, bom, document } = pubspecMap(text);
  return SECTIONS.flatMap((section) => {
    const { node: entries, aliased } = dereference(map.get(section, true), document);
    return isMap(entries) ? needsIn(entries, section, { text, bom, document, aliased }) : [];
  });
}

interface Source {
  readonly text: string;
  readonly bom: number;
  readonly document: Document;
  /** It stands elsewhere too: an edit would change more than was meant. */
  readonly aliased: boolean;
}

function dereference(node: unknown, document: Document): { node: unknown; aliased: boolean } {
  return isAlias(node) ? { node: node.resolve(document), aliased: true } : { node, aliased: false };
}

function needsIn(entries: YAMLMap, section: string, source: Source): Need[] {
  return entries.items.flatMap(({ key, value: written }) => {
    if (!isScalar(key) || typeof key.value !== 'string') return [];
    const keys = [section, key.value];
    const { node: value, aliased } = dereference(written, source.document);
    const inside = { ...source, aliased: source.aliased || aliased };
    if (!isMap(value)) return [{ name: key.value, keys, constraint: constraintSpot(value, inside), isFromHere: true }];
    // A hosted package may be called otherwise than the key (dart.dev, "Package dependencies").
    const hosted = value.get('hosted');
    const called = isMap(hosted) ? hosted.get('name') : undefined;
    const name = typeof called === 'string' ? called : key.value;
    const constraint = constraintSpot(value.get('version', true), inside);
    return [{ name, keys: [...keys, 'version'], constraint, isFromHere: !value.has('git') && !value.has('sdk') }];
  });
}

function constraintSpot(written: unknown, source: Source): ConstraintSpot | undefined {
  const { text, bom, document } = source;
  const { node, aliased } = dereference(written, document);
  if (!isScalar(node) || typeof node.value !== 'string' || node.range == null) return undefined;
  const quotes = quotesOf(node);
  const [start, end] = [node.range[0] + bom + quotes, node.range[1] + bom - quotes];
  const single = quotes > 0 || node.type === Scalar.PLAIN;
  const plain = single && text.slice(start, end) === node.value;
  const obstacle =
    aliased || source.aliased ? 'it is a YAML alias' : plain ? undefined : 'it is not written in one plain piece';
  return { text: node.value, start, end, obstacle };
}

/**
 * The same pubspec with its constraints on these packages brought up to their new versions, by name: only the bytes of
 * those constraints differ.
 * @throws UneditablePubspec
 */
export function followVersions(bytes: Buffer, versions: ReadonlyMap<string, Version>): Buffer {
  return replaceConstraints(bytes, ({ name }, constraint) => {
    const next = versions.get(name);
    return next === undefined ? constraint : nextConstraint(constraint, next);
  });
}

/** The same pubspec with other constraints. @throws UneditablePubspec */
export function replaceConstraints(bytes: Buffer, choose: (need: Need, constraint: string) => string): Buffer {
  const text = textOf(bytes);
  const changes = readNeeds(text).flatMap((need) => {
    const { constraint: spot } = need;
    const next = spot === undefined ? undefined : choose(need, spot.text);
    if (spot === undefined || next === undefined || next === spot.text) return [];
    if (spot.obstacle !== undefined) throw uneditable(need, spot.obstacle);
    return [{ need, spot, next }];
  });
  if (changes.length === 0) return bytes;
  const edited = [...changes]
    .sort((one, other) => other.spot.start - one.spot.start)
    .reduce((whole, { spot, next }) => whole.slice(0, spot.start) + next + whole.slice(spot.end), text);
  const expected = contentOf(text);
  for (const { need, next } of changes) setIn(expected, need.keys, next);
  // The parser has the last word: an anchor that others refer to would change more than was meant.
  if (!isDeepStrictEqual(contentOf(edited), expected))
    throw new UneditablePubspec('its constraints share a YAML anchor');
  return Buffer.from(edited, 'utf8');
}

const uneditable = ({ name }: Need, why: string) =>
  new UneditablePubspec(`its constraint on ${name} cannot be edited: ${why}`);

/** What it says, nothing shared between two places of it. */
function contentOf(text: string): unknown {
  try {
    return JSON.parse(JSON.stringify(pubspecMap(text).document.toJS()));
  } catch (error) {
    // More aliases than the parser is willing to follow.
    if (error instanceof ReferenceError) throw new UneditablePubspec(error.message);
    throw error;
  }
}

function setIn(value: unknown, [key = '', ...rest]: readonly string[], next: string): void {
  const object = value as Record<string, unknown>;
  if (rest.length === 0) object[key] = next;
  else setIn(object[key], rest, next);
}
