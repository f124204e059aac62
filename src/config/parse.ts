import { type Document, isScalar, parseDocument, visit } from 'yaml';
import { EXIT, Problem } from '../core/problem.ts';
import { CONFIG_FILE } from './load.ts';
import { type Config, configSchema } from './schema.ts';
import type * as z from './zod.ts';

/**
 * Checks the text of `tagship.yaml` (undefined: there is none) and fills in every default.
 * @param place the branch or commit it is of; undefined for the file at hand
 * @throws Problem `config-syntax` or `config-invalid`, naming every wrong key at once.
 */
export function parseConfig(text: string | undefined, place?: string): Config {
  const document = parseDocument(text ?? '', { prettyErrors: true });
  const given: unknown = contentOf(document, place) ?? {};
  const result = configSchema.safeParse(given);
  const issues = result.error?.issues ?? [];
  const mistakes = [...unseenKeys(document), ...issues.map((issue) => describeIssue(issue, given))];
  if (result.success && mistakes.length === 0) return result.data;
  throw new Problem({
    code: 'config-invalid',
    what: `${nameOf(place)} has ${mistakes.length === 1 ? 'a mistake' : 'mistakes'}`,
    why: mistakes.join('\n'),
    fix: mend(place, ' (every key: docs/configuration.md of tagship)'),
    exit: EXIT.usage,
  });
}

/** @throws Problem `config-syntax` */
function contentOf(document: Document.Parsed, place: string | undefined): unknown {
  const [syntaxError] = document.errors;
  if (syntaxError !== undefined) throw invalidYaml(syntaxError.message, place);
  try {
    return document.toJS();
  } catch (error) {
    // An alias that leads nowhere, or more of them than the parser is willing to follow.
    if (error instanceof ReferenceError) throw invalidYaml(error.message, place);
    throw error;
  }
}

function invalidYaml(why: string, place: string | undefined): Problem {
  return new Problem({
    code: 'config-syntax',
    what: `${nameOf(place)} is not valid YAML`,
    why,
    fix: mend(place, ''),
    exit: EXIT.usage,
  });
}

const nameOf = (place: string | undefined) => (place === undefined ? CONFIG_FILE : `${CONFIG_FILE} of ${place}`);

function mend(place: string | undefined, where: string): string {
  const committed = place === undefined ? '' : ` and commit that (the newest commit: git commit --amend)`;
  return `mend ${nameOf(place)}${where}${committed}, then run the same command again`;
}

/** The one name of a key that the schema would pass over in silence. */
function unseenKeys(document: Document): readonly string[] {
  const found: string[] = [];
  visit(document, {
    Pair: (_, { key }) => {
      if (isScalar(key) && key.value === '__proto__') found.push('__proto__ is not a name that can be used');
    },
  });
  return found;
}

function describeIssue(issue: z.core.$ZodIssue, given: unknown): string {
  const path = issue.path.map(String).join('.') || 'the file';
  if (issue.code === 'unrecognized_keys') return `${path}: unknown key ${issue.keys.join(', ')}`;
  if (issue.code === 'invalid_value') return `${path}: must be ${issue.values.map(String).join(' or ')}`;
  if (issue.code === 'too_big' && issue.origin === 'number') return `${path}: must be at most ${issue.maximum}`;
  if (issue.code === 'too_small' && issue.origin === 'number') return `${path}: must be at least ${issue.minimum}`;
  if (issue.code === 'invalid_union' && issue.message === 'Invalid input') return describeUnion(issue, path, given);
  if (issue.code !== 'invalid_type') return `${path}: ${issue.message}`;
  const value = issue.path.reduce<unknown>((inside, key) => Object(inside)[key], given);
  return value === undefined ? `${path}: is missing` : `${path}: must be ${kindOf(issue.expected)}`;
}

/** What any of the alternatives would have wanted; of one that was meant, by its kind, what is wrong inside. */
function describeUnion(issue: z.core.$ZodIssueInvalidUnion, path: string, given: unknown): string {
  const meant = issue.errors.find(([first]) => first !== undefined && !isOtherKind(first));
  if (meant !== undefined) {
    const inside = meant.map((one) => describeIssue({ ...one, path: [...issue.path, ...one.path] }, given));
    return inside.join('\n');
  }
  const wanted = issue.errors.flatMap(([first]) => {
    if (first?.code === 'invalid_value') return first.values.map(String);
    return first?.code === 'invalid_type' ? [kindOf(first.expected)] : [];
  });
  return wanted.length === 0 ? `${path}: ${issue.message}` : `${path}: must be ${[...new Set(wanted)].join(' or ')}`;
}

const isOtherKind = ({ code, path }: z.core.$ZodIssue) =>
  path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');

/** zod's names of types, as somebody who writes YAML calls them. */
const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'keys with values',
  record: 'keys with values',
};

const kindOf = (expected: string) => KINDS[expected] ?? expected;
