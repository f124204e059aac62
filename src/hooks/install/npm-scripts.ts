import { posix } from 'node:path';
import { EXIT, Problem } from '../../core/problem.ts';
import { insertEntries, valueSpan } from './json-text.ts';

/**
 * What an app runs tagship with.
 * @param folder of package.json, inside the repository
 * @param fromRegistry whether an `npm install` brings husky into the app itself; by a path it stays in tagship's checkout
 */
export function npmScripts(folder: string, fromRegistry: boolean): Readonly<Record<string, string>> {
  return {
    'release:major': 'tagship release major',
    'release:minor': 'tagship release minor',
    'release:patch': 'tagship release patch',
    hotfix: 'tagship hotfix',
    deploy: 'tagship deploy',
    rollback: 'tagship rollback',
    // husky must be started at the root of the repository.
    prepare: prepareScript(folder, fromRegistry),
  };
}

function prepareScript(folder: string, fromRegistry: boolean): string {
  const target = folder === '' ? '' : ` "${folder}/.husky"`;
  const linked = posix.join(folder, 'node_modules/tagship/node_modules/husky/bin.js');
  const husky = fromRegistry ? `husky${target}` : `husky${target} || node ${linked}${target}`;
  if (folder === '') return husky;
  const up = folder.replace(/[^/]+/g, '..');
  return `cd ${up} && ${fromRegistry ? husky : `(${husky})`}`;
}

/** Whether an `npm install` anywhere brings tagship: by a version or a tag of the registry, not by a path or an address. */
export function isFromRegistry(manifest: string | undefined): boolean {
  const wanted = namedTagship(manifest);
  return wanted !== undefined && !/[:/]/.test(wanted);
}

/** How package.json names tagship among what it needs; undefined where it does not. */
export const namedTagship = (manifest: string | undefined) => namedPackage(manifest, 'tagship');

/** The same of any package. */
export function namedPackage(manifest: string | undefined, name: string): string | undefined {
  const { dependencies, devDependencies } = members(manifest);
  const wanted = [dependencies, devDependencies].map((group) => asObject(group)?.[name]).find(Boolean);
  return typeof wanted === 'string' ? wanted : undefined;
}

/** What package.json has; nothing where there is none. */
const members = (manifest: string | undefined) =>
  (manifest === undefined ? undefined : asObject(parse(manifest))) ?? {};

/** A script of package.json; undefined where it has none of that name. */
export function scriptNamed(manifest: string | undefined, name: string): string | undefined {
  const script = asObject(members(manifest).scripts)?.[name];
  return typeof script === 'string' ? script : undefined;
}

export interface EditedManifest {
  readonly text: string;
  readonly added: readonly string[];
  /** Names that have another command already, which stays. */
  readonly taken: readonly string[];
}

/**
 * Adds scripts to the text of a package.json; everything else stays byte for byte.
 * @throws Problem `package-json-invalid`
 */
export function addScripts(text: string, scripts: Readonly<Record<string, string>>): EditedManifest {
  const present = readScripts(text);
  const names = Object.keys(scripts);
  const added = names.filter((name) => !Object.hasOwn(present, name));
  const taken = names.filter((name) => Object.hasOwn(present, name) && present[name] !== scripts[name]);
  if (added.length === 0) return { text, added, taken };
  const entries = added.map((name) => `${JSON.stringify(name)}: ${JSON.stringify(scripts[name])}`);
  const span = valueSpan(text, 'scripts');
  if (span !== undefined) return { text: insertEntries(text, span.end, entries, 2), added, taken };
  const empty = insertEntries(text, text.length, ['"scripts": {}'], 1);
  const end = valueSpan(empty, 'scripts')?.end ?? empty.length;
  return { text: insertEntries(empty, end, entries, 2), added, taken };
}

function readScripts(text: string): Readonly<Record<string, unknown>> {
  const manifest = parse(text);
  const scripts = isObject(manifest) ? (manifest.scripts ?? {}) : undefined;
  if (isObject(scripts)) return scripts;
  throw new Problem({
    code: 'package-json-invalid',
    what: 'package.json cannot be given scripts',
    why: manifest === undefined ? 'it is no JSON' : 'it or its "scripts" is no object',
    fix: 'mend package.json, then: tagship init',
    exit: EXIT.refused,
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

const asObject = (value: unknown) => (isObject(value) ? value : undefined);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
