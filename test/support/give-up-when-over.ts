import { aroundAll } from 'vitest';
import { secondsLeft } from './time-left.ts';

/**
 * Fails the test file with its tests and hooks when only so many seconds are left: no time limit of one test keeps those that
 * hang from holding up a run for longer than it may take. What a file does while it is read has no limit.
 * @param left how many; below zero they are those after the end
 */
export function giveUpWhenOver(left: number): void {
  // A file that comes later still has to skip its tests.
  const seconds = Math.max(60, secondsLeft() - left);
  if (seconds === Number.POSITIVE_INFINITY) return;
  const end = Date.now() + seconds * 1000;
  aroundAll(async (runFile) => {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('given up, the time is over')), end - Date.now());
    });
    await Promise.race([runFile(), over]).finally(() => clearTimeout(timer));
  });
}
