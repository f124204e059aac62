const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** `500ms`, `30s`, `5m`, `2h`: a positive whole number and one unit. */
export const DURATION_PATTERN = /^([1-9]\d{0,8})(ms|s|m|h)$/;

/** Milliseconds of a written duration. The text must match {@link DURATION_PATTERN}. */
export function parseDuration(text: string): number {
  const [, count, unit] = DURATION_PATTERN.exec(text) ?? [];
  const factor = unit === undefined ? undefined : UNITS[unit];
  if (count === undefined || factor === undefined) throw new RangeError(`not a duration: ${text}`);
  return Number(count) * factor;
}
