import { appendFileSync } from 'node:fs';

/** Where it is told once more beside the counts; `scripts/test` sets it. */
const { TESTS_LEFT_OUT } = process.env;

/** Says loudly what was not tried for want of time. */
export function sayLeftOut(what: string): void {
  console.warn(`\n!!! the time is short: ${what}\n`);
  if (TESTS_LEFT_OUT !== undefined) appendFileSync(TESTS_LEFT_OUT, `left out: ${what}\n`);
}
