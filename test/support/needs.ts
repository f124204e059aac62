import { spawnSync } from 'node:child_process';

/**
 * Whether a program these tests compare with is there. Without it they are skipped, loudly; in CI its absence is a
 * failure, because there everything is installed.
 */
export function hasProgram(name: string, ...args: readonly string[]): boolean {
  if (spawnSync(name, args).error === undefined) return true;
  if (process.env.CI === 'true') throw new Error(`${name} is not installed; in CI it must be`);
  console.warn(`SKIPPED: ${name} is not installed (Debian: apt-get install ${name})`);
  return false;
}
