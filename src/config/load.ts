import { join } from 'node:path';
import type { Files } from '../io/ports.ts';
import { defaults } from './defaults.ts';
import type { Config } from './schema.ts';

export const CONFIG_FILE = 'tagship.yaml';

/** Reads `tagship.yaml` at `root`; with none, every default. @throws Problem as `parseConfig` */
export async function loadConfig(files: Files, root: string): Promise<Config> {
  return readConfig(await files.readText(join(root, CONFIG_FILE)));
}

/**
 * What the text of `tagship.yaml` says; undefined: there is none. The schema is loaded by whoever has one alone.
 * @param place the branch or commit it is of; undefined for the file at hand
 * @throws Problem as `parseConfig`
 */
export async function readConfig(text: string | undefined, place?: string): Promise<Config> {
  return text === undefined ? defaults : (await import('./parse.ts')).parseConfig(text, place);
}
