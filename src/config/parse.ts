import { type Document, isScalar, parseDocument, visit } from 'yaml';
import { EXIT, Problem } from '../core/problem.ts';
import { CONFIG_FILE } from './load.ts';
import { type Config, configSchema } from './schema.ts';
import type * as z from './zod.ts';

/**
 * Checks the text of `tagship.yaml` (undefined: there is none) and fills in every default.
 * @throws Problem `config-syntax` or `config-invalid`, naming every wrong key at once.
 */
export function parseConfig(text: string | undefined): Config {
  const document = parseDocument(text ?? '', { prettyErrors: true });
  const given: unknown = contentOf(document) ?? {};
  const result = configSchema.safeParse(given);
  const issues = result.error?.issues ?? [];
  const mistakes = [...unseenKeys(document), ...issues.map((issue) => describeIssue(issue, given))];
  if (result.success && mistakes.length === 0) return result.data;
  throw new Problem({
    code: 'config-invalid',
    what: `${CONFIG_FILE} has ${mistakes.length === 1 ? 'a mistake' : 'mistakes'}`,
    why: mistakes.join('\n'),
    fix: `mend ${CONFIG_FILE} (every key: docs/configuration.md), then run the same command again`,
    exit: EXIT.usage,
  });
}

/** @throws Problem `config-syntax` */
function contentOf(document: Document.Parsed): unknown {
  const [syntaxError] = document.errors;
  if (syntaxError !== undefined) throw invalidYaml(syntaxError.message);
  try {
    return document.toJS();
  } catch (error) {
    // An alias that leads nowhere, or more of them than the parser is willing to follow.
    if (error instanceof ReferenceError) throw invalidYaml(error.message);
    throw error;
  }
}

function invalidYaml(why: string): Problem {
  return new Problem({
    code: 'config-syntax',
    what: `${CONFIG_FILE} is not valid YAML`,
    why,
    fix: `mend ${CONFIG_FILE}, then run the same command again`,
    exit: EXIT.usage,
  });
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
  if (issue.code !== 'invalid_type') return `${path}: ${issue.message}`;
  const value = issue.path.reduce<unknown>((inside, key) => Object(inside)[key], given);
  return value === undefined ? `${path}: is missing` : `${path}: must be ${kindOf(issue.expected)}`;
}

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
