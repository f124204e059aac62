/** When the tests have to be over, in seconds since 1970: what `.ci/run` sets. Elsewhere they take the time they need. */
const { TESTS_UNTIL } = process.env;
const until = TESTS_UNTIL === undefined ? Number.POSITIVE_INFINITY : Number(TESTS_UNTIL) * 1000;
if (!(until > 0)) throw new Error(`TESTS_UNTIL=${TESTS_UNTIL} is no time`);

/** What the sweep that comes last, and whatever runs when the time is up, is left of it, in seconds. */
const RESERVE = 9 * 60;

export function secondsLeft(): number {
  return (until - Date.now()) / 1000;
}

/**
 * Whether nothing more is begun but what comes last. It is better to say what was not tried than to be broken off.
 * @param takes how long it takes, in seconds, where that is more than a few minutes
 */
export function isLate(takes = 0): boolean {
  return secondsLeft() < RESERVE + takes;
}

/** The time that is left, or a part of it, for the pieces of one test; what one does not use the others have. */
export class TimeShare {
  private readonly end: number;

  constructor(
    share: number,
    private pieces: number,
  ) {
    this.end = Date.now() + share * Math.max(0, secondsLeft() - RESERVE) * 1000;
  }

  /** When the next piece is to be over, in milliseconds since 1970. */
  next(): number {
    const each = Math.max(0, this.end - Date.now()) / Math.max(1, this.pieces);
    this.pieces -= 1;
    return Date.now() + each;
  }
}
