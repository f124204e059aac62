import { posix } from 'node:path';
import { quoteAnywhere } from '../../core/shell-quote.ts';
import type { Finding } from './findings.ts';
import type { SetupFacts } from './look.ts';
import { isFromRegistry, namedPackage, npmScripts, scriptNamed } from './npm-scripts.ts';

const INSTALL = /\bhusky install\b/;

/**
 * A husky before 9 that the next `npm install` would put in the place of the one that is needed: it leads git to `.husky/`
 * itself, past the shims. Mended in package.json, it stays so in every clone.
 */
export function oldHusky({ folder, manifest }: Pick<SetupFacts, 'folder' | 'manifest'>): Finding | undefined {
  const prepare = scriptNamed(manifest, 'prepare') ?? '';
  const version = namedPackage(manifest, 'husky');
  if (!INSTALL.test(prepare) || isNew(version)) return undefined;
  const own = npmScripts(folder, isFromRegistry(manifest)).prepare ?? 'husky';
  // What else stands in the script stays.
  const wanted = /^(?:npx )?husky install(?: \S+)?$/.test(prepare) ? own : prepare.replace(INSTALL, 'husky');
  const set = `npm pkg set ${quoteAnywhere(`scripts.prepare=${wanted}`)}`;
  const upgrade = version === undefined ? '' : ' && npm install --save-dev husky@9';
  return {
    code: 'husky-old',
    what: `${posix.join(folder, 'package.json')} runs husky install, as husky before 9 wants it`,
    why: 'the next npm install would have git take its hooks from .husky/ itself, whatever is set now',
    fix: `${set}${upgrade}${folder === '' ? '' : ` (in ${folder})`}`,
  };
}

/** Its number, where it has one: `^9.1.7`. */
const isNew = (version: string | undefined) => Number(/^[\^~>=v\s]*(\d+)/.exec(version ?? '')?.[1] ?? 0) >= 9;
