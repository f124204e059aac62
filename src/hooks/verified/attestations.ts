import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { withoutPassword } from '../../core/without-password.ts';
import type { Clock, Files } from '../../io/ports.ts';
import { type ContextFact, formatContext } from './context.ts';

/**
 * How many are kept, and for how long: the world outside the repository moves on. A shell
 * cannot tell the time without a process: what it reads is dropped when the next note is made, and counts until then.
 */
const KEPT = { packages: 500, pushes: 300, contexts: 100 } as const;
const KEPT_DAYS = 30;
const DAY = 24 * 3600 * 1000;

const FIRST_LINE = 'tagship 1';

/** Below git's common folder, so that all worktrees share it. */
const VERIFIED_FOLDER = 'tagship/verified';

/**
 * Where gates ran. In a working tree lies also what a committed `.gitignore` names, such as generated code, which a fresh
 * clone has not: what passed in a snapshot counts there too, and not the other way round.
 */
export type Place = 'snapshot' | 'working tree';

/** What was verified. Losing any of it costs time, never safety; a torn file is worth nothing. */
export interface Attestations {
  /** Whether a package passed its gates in just this state, and beside nothing that is no part of it if that is asked for. */
  hasPackage(key: string, place: Place): Promise<boolean>;
  addPackage(key: string, place: Place): Promise<void>;
  /**
   * Notes that a commit may be pushed to a remote, for as long as the facts hold. Nothing is noted for an address that
   * may hold a password, or for facts that cannot be compared without a process.
   */
  addPush(commit: string, url: string, facts: readonly ContextFact[]): Promise<void>;
  /** Forgets what may be pushed unjudged, not what passed its gates. */
  forgetPushes(): Promise<void>;
  /**
   * Notes which refs the configuration of HEAD protects: the deletion of any other needs no judgement, for as long as that
   * configuration is the one at hand.
   */
  noteProtected(refs: readonly string[]): Promise<void>;
}

/**
 * @param configFacts what has to hold for the configuration of HEAD to be the one at hand, as far as a shell can tell;
 *   undefined where it is not
 */
export function attestationsIn(
  commonDir: string,
  files: Files,
  clock: Clock,
  configFacts: () => Promise<readonly ContextFact[] | undefined>,
): Attestations {
  const folder = (kind: keyof typeof KEPT) => join(commonDir, VERIFIED_FOLDER, kind);

  async function isFresh(path: string): Promise<boolean> {
    const written = await files.modified(path);
    return written !== undefined && clock.now().getTime() - written.getTime() < KEPT_DAYS * DAY;
  }

  async function add(kind: keyof typeof KEPT, name: string, content: string): Promise<void> {
    await files.replace(join(folder(kind), name), content);
    const names = await files.list(folder(kind));
    const aged = await Promise.all(
      names.map(async (each) => ({ each, at: (await files.modified(join(folder(kind), each)))?.getTime() ?? 0 })),
    );
    const oldest = clock.now().getTime() - KEPT_DAYS * DAY;
    const surplus = aged
      .sort((one, other) => other.at - one.at)
      .filter(({ at }, index) => index >= KEPT[kind] || at < oldest);
    for (const { each } of surplus) await files.remove(join(folder(kind), each));
  }

  return {
    hasPackage: async (key, place) => {
      const path = join(folder('packages'), key);
      if (!(await isFresh(path))) return false;
      return place === 'working tree' || (await files.readText(path)) === packageNote('snapshot');
    },
    noteProtected: async (refs) => {
      const path = join(commonDir, VERIFIED_FOLDER, 'protected');
      const facts = await configFacts();
      const kept = refs.map((ref) => ({ kind: 'protected', path: ref, value: '' }) as const);
      const context = facts === undefined ? undefined : formatContext([...facts, ...kept]);
      if (context === undefined) return files.remove(path);
      const text = `${context}end\n`;
      if ((await files.readText(path)) !== text) await files.replace(path, text);
    },
    addPackage: (key, place) => add('packages', key, packageNote(place)),
    addPush: async (commit, url, facts) => {
      const context = formatContext(facts);
      if (context === undefined || !isPlainAddress(url)) return;
      const id = createHash('sha256').update(context).digest('hex');
      const line = `for\t${id}\t${url}`;
      const before = (await files.readText(join(folder('pushes'), commit))) ?? '';
      const others = before.split('\n').filter((other) => other.startsWith('for\t') && !other.endsWith(`\t${url}`));
      await add('contexts', id, `${context}end\n`);
      await add('pushes', commit, `${[FIRST_LINE, ...others, line, 'end'].join('\n')}\n`);
    },
    forgetPushes: async () => {
      for (const name of await files.list(folder('pushes'))) await files.remove(join(folder('pushes'), name));
    },
  };
}

const packageNote = (place: Place) => `${FIRST_LINE}\n${place === 'snapshot' ? 'in a snapshot\n' : ''}`;

/** No password or token, and nothing that would not stay on its line. */
function isPlainAddress(url: string): boolean {
  return url !== '' && !/[\t\n\r\0]/.test(url) && withoutPassword(url) === url;
}
