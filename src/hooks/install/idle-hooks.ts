import { isAbsolute, posix } from 'node:path';
import { shellQuote } from '../../core/shell-quote.ts';
import type { Files, Git } from '../../io/ports.ts';
import { commands, HOOKS, huskyFolder } from './hook-file.ts';
import { HUSKY_HOOKS } from './shims.ts';

/** A hook in git's own folder, which git looks into no more once `core.hooksPath` leads to husky. */
export interface IdleHook {
  readonly name: string;
  /** From the root of the worktree, as it may be typed there. */
  readonly path: string;
  /** What lets it run again, or takes it away. */
  readonly fix: string;
}

/**
 * The hooks that die with husky: those that its hook of the same name does not call. Not those that call tagship, which
 * husky's do, and not what an older husky has left.
 * @param git at `root`, the root of the worktree
 * @param folder of package.json, inside the repository
 */
export async function idleHooks(git: Git, files: Files, root: string, folder: string): Promise<readonly IdleHook[]> {
  const common = (await git.run(['rev-parse', '--git-common-dir'])).replace(/\r?\n$/, '');
  const own = posix.join(common, 'hooks');
  const place = isAbsolute(own) ? own : posix.join(root, own);
  const idle: IdleHook[] = [];
  for (const name of (await files.list(place)).filter((one) => HUSKY_HOOKS.has(one)).sort()) {
    if (!(await files.isExecutable(posix.join(place, name)))) continue;
    const path = posix.join(huskyFolder(folder), name);
    const text = (await files.readText(posix.join(place, name))) ?? '';
    const caller = (await files.readText(posix.join(root, path))) ?? '';
    if (BY_HUSKY.test(text) || commands(text).some((line) => line.includes('tagship'))) continue;
    if (isCovered(name, text, caller)) continue;
    idle.push({ name, path: posix.join(own, name), fix: advice(name, posix.join(own, name), path, caller) });
  }
  return idle;
}

/** What husky wrote at the top of its hooks when it put them into git's folder. */
const BY_HUSKY = /^# ?husky\b/m;

/** git-lfs has the same line in every hook: it may stand in husky's as it is. */
function isCovered(name: string, text: string, caller: string): boolean {
  const calls = (what: string) => commands(caller).some((line) => line.includes(what));
  const lfs = `git lfs ${name}`;
  return calls(`hooks/${name}`) || (text.includes(lfs) && calls(lfs));
}

function advice(name: string, own: string, path: string, caller: string): string {
  // Whoever clones the repository gets husky's hook, and not this one.
  const line = `own="$(git rev-parse --git-common-dir)/hooks/${name}"; [ ! -x "$own" ] || "$own" "$@"`;
  const file = shellQuote(path);
  const open = caller === '' || caller.endsWith('\n') ? '' : `echo >>${file}; `;
  // Its shim is there already where tagship has a hook.
  const shim = (HOOKS as readonly string[]).includes(name) ? '' : ', then: tagship init';
  return `${open}echo ${shellQuote(line)} >>${file}${shim} (or, to be rid of it: rm ${shellQuote(own)})`;
}
