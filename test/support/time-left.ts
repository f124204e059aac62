/** When the tests have to be over, in seconds since 1970: what `.ci/run` sets. Elsewhere they take the time they need. */
const { TESTS_UNTIL } = process.env;
const until = TESTS_UNTIL === undefined ? Number.POSITIVE_INFINITY : Number(TESTS_UNTIL) * 1000;

/** What the sweep that comes last, and whatever runs when the time is up, is left of it, in seconds. */
const RESERVE = 9 * 60;

export function secondsLeft(): number {
  return (until - Date.now()) / 1000;
}

/** Whether nothing more is begun but what comes last. It is better to say what was not tried than to be broken off. */
export function isLate(): boolean {
  return secondsLeft() < RESERVE;
}

/** When a part of a test has had its share of the time that is left, in milliseconds since 1970. */
export function endOfShare(share: number): number {
  return Date.now() + share * Math.max(0, secondsLeft() - RESERVE) * 1000;
}
