// GitHub's own description of its API: what is asked and what is answered is held against it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { sample } from 'openapi-sampler';

const require = createRequire(import.meta.url);
const text = readFileSync(require.resolve('@octokit/openapi/generated/api.github.com.json'), 'utf8');
const description = JSON.parse(text);

const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false, logger: false, coerceTypes: false });
addFormats.default(ajv);
ajv.addSchema({ $id: 'github', ...description });

const pointer = (...parts) =>
  `github#/${parts.map((part) => encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;

/** The operation that a request asks for: its template and place in the description. */
export function operationOf(method, path) {
  for (const [template, operations] of Object.entries(description.paths)) {
    const operation = operations[method.toLowerCase()];
    if (operation === undefined) continue;
    const pattern = new RegExp(`^${template.replace(/[.+?^$()|[\]\\]/g, '\\$&').replace(/\{\w+\}/g, '([^/]+)')}$`);
    const values = pattern.exec(path)?.slice(1).map(decodeURIComponent);
    if (values === undefined) continue;
    const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const place = ['paths', template, method.toLowerCase()];
    return { operation, place, values: Object.fromEntries(names.map((name, index) => [name, values[index]])) };
  }
  return undefined;
}

/** What is wrong with a request, by the description. */
export function requestViolations({ operation, place }, query, body, contentType) {
  const wrong = [];
  const parameters = (operation.parameters ?? [])
    .map((one) => resolve(one))
    .filter(({ in: where }) => where === 'query');
  for (const [name, value] of query) {
    const parameter = parameters.find((one) => one.name === name);
    if (parameter === undefined) wrong.push(`query ${name} is not described`);
    else
      wrong.push(
        ...violations(parameter.schema, parameter.schema.type === 'integer' ? Number(value) : value, `query ${name}`),
      );
  }
  for (const { name, required } of parameters) {
    if (required && !query.has(name)) wrong.push(`query ${name} is missing`);
  }
  const content = operation.requestBody?.content;
  if (body === undefined) return operation.requestBody?.required ? [...wrong, 'the body is missing'] : wrong;
  const type = contentType.split(';')[0];
  if (content?.[type] === undefined) return [...wrong, `a body of type ${type} is not described`];
  if (type !== 'application/json') return wrong;
  const known = Object.keys(content[type].schema.properties ?? {});
  const unknown = Object.keys(body).filter((name) => !known.includes(name));
  wrong.push(...unknown.map((name) => `body ${name} is not described`));
  return [
    ...wrong,
    ...checked(ajv.compile({ $ref: pointer(...place, 'requestBody', 'content', type, 'schema') }), body, 'body'),
  ];
}

/** What is wrong with an answer, by the description. */
export function responseViolations({ operation, place }, status, body) {
  const described = operation.responses[status];
  if (described === undefined) return ALWAYS.includes(status) ? [] : [`status ${status} is not described`];
  const at = described.$ref === undefined ? [...place, 'responses', status] : described.$ref.slice(2).split('/');
  const content = resolve(described).content?.['application/json'];
  if (content === undefined) return body === undefined ? [] : ['a body is not described'];
  return checked(ajv.compile({ $ref: pointer(...at, 'content', 'application/json', 'schema') }), body, 'answer');
}

// Any request may meet these; the description names them for some operations only.
const ALWAYS = [401, 403, 404, 429, 500, 502];

/** An answer of this schema with every required field, to be filled with what is so. */
export function blank(schemaName) {
  return sample({ $ref: `#/components/schemas/${schemaName}` }, { skipNonRequired: true, quiet: true }, description);
}

function resolve(node) {
  if (node.$ref === undefined) return node;
  return node.$ref
    .slice(2)
    .split('/')
    .reduce((at, part) => at[part], description);
}

const violations = (schema, value, where) => checked(ajv.compile(schema), value, where);

function checked(validate, value, where) {
  if (validate(value)) return [];
  return (validate.errors ?? [])
    .filter((error) => !isKnownGap(error, value))
    .map(({ instancePath, message }) => `${where}${instancePath} ${message}`);
}

/**
 * The description's prose says that an upload that fails may leave an asset in state "starter"; its schema leaves that
 * state out.
 */
function isKnownGap({ instancePath, keyword }, value) {
  if (keyword !== 'enum' || !instancePath.endsWith('/state')) return false;
  return (
    instancePath
      .split('/')
      .slice(1)
      .reduce((at, part) => at[part], value) === 'starter'
  );
}
