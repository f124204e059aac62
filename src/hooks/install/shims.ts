import { posix } from 'node:path';
import type { Files, WriteHook } from '../../io/ports.ts';
import { HOOKS } from './hook-file.ts';

/** Every hook that husky makes a shim for (husky 9). */
export const HUSKY_HOOKS: ReadonlySet<string> = new Set([
  'pre-commit',
  'pre-merge-commit',
  'prepare-commit-msg',
  'commit-msg',
  'post-commit',
  'applypatch-msg',
  'pre-applypatch',
  'post-applypatch',
  'pre-rebase',
  'post-rewrite',
  'post-checkout',
  'post-merge',
  'pre-push',
  'pre-auto-gc',
]);

const SHIM = '#!/usr/bin/env sh\n. "$(dirname "$0")/h"';

/** The line that the file `h`, which every shim goes on with, runs the hook by (husky 9). */
const RUNS_HOOK = 'sh -e "$s" "$@"';

/** Which of husky's files no longer start a hook: those that a disk, an editor or another tool has garbled. */
export async function garbledShims(files: Files, husky: string, names: readonly string[]): Promise<readonly string[]> {
  const lastLine = SHIM.slice(SHIM.indexOf('\n') + 1);
  const lines = async (name: string) => (await files.readText(posix.join(husky, '_', name)))?.split(/\r?\n/) ?? [];
  const judged = await Promise.all(
    names.map(async (name) => [name, (await lines(name)).includes(name === 'h' ? RUNS_HOOK : lastLine)] as const),
  );
  return judged.flatMap(([name, starts]) => (starts ? [] : [name]));
}

/**
 * Leaves in husky's folder of shims those for which there is a hook, and adds missing ones: git starts every hook that it
 * finds, and most of husky's only find out that there is nothing to do. Does nothing where husky was not run.
 * @param husky the `.husky` folder, absolute
 */
export async function keepUsedShims(files: Files, writeHook: WriteHook, husky: string): Promise<void> {
  const shims = await files.list(posix.join(husky, '_'));
  if (!shims.includes('h')) return;
  const present = await files.list(husky);
  // A branch without any hook may be checked out: on the next one they have to run again.
  const hooks = HOOKS.some((name) => present.includes(name)) ? present : [...present, ...HOOKS];
  for (const name of HUSKY_HOOKS) {
    const shim = posix.join(husky, '_', name);
    if (shims.includes(name) && !hooks.includes(name)) await files.remove(shim);
    if (!shims.includes(name) && hooks.includes(name)) await writeHook(shim, SHIM, SHIM);
  }
}
