import { configSchema } from './schema.ts';
import * as z from './zod.ts';

/** JSON Schema (draft 2020-12) of `tagship.yaml` as it is written, for editors. */
export function configJsonSchema(): Record<string, unknown> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'tagship.yaml',
    ...z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }),
  };
}

interface Property {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Property>>;
  readonly additionalProperties?: Property | boolean;
  readonly anyOf?: readonly Property[];
  readonly items?: Property;
}

/** One row per key of the schema: its path, what it takes, its default and what it means. */
export function configTable(): string {
  const rows = describe(configJsonSchema() as Property, '');
  return ['| key | value | default | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function describe(schema: Property, path: string): readonly string[] {
  const children = Object.entries(schema.properties ?? {}).flatMap(([key, child]) =>
    describe(child, path === '' ? key : `${path}.${key}`),
  );
  const named =
    typeof schema.additionalProperties === 'object' ? describe(schema.additionalProperties, `${path}.NAME`) : [];
  if (children.length > 0 || named.length > 0) return [...children, ...named];
  const initial = schema.default === undefined ? '' : `\`${JSON.stringify(schema.default)}\``;
  return [`| \`${path}\` | ${takes(schema)} | ${initial} | ${schema.description ?? ''} |`];
}

function takes({ type, enum: values, const: only, anyOf, items }: Property): string {
  if (only !== undefined) return `\`${JSON.stringify(only)}\``;
  if (values !== undefined) return values.map((value) => `\`${String(value)}\``).join(', ');
  if (anyOf !== undefined) return anyOf.map(takes).join(' or ');
  return type === 'array' ? `list of ${items === undefined ? 'values' : takes(items)}` : (type ?? 'any');
}
