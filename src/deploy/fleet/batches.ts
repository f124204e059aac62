/** How many hosts get the release together: a number of them, or so much of all, such as `25%`. */
export type BatchSize = number | `${number}%`;

/**
 * Cuts a list into batches of these sizes; the last size is repeated. A percentage is of the whole list, rounded up, so
 * that it is never nobody. No sizes: one batch.
 */
export function cutIntoBatches<T>(all: readonly T[], sizes: readonly BatchSize[]): readonly (readonly T[])[] {
  const batches: T[][] = [];
  for (let done = 0; done < all.length; ) {
    const size = sizes[Math.min(batches.length, sizes.length - 1)] ?? all.length;
    const count = typeof size === 'number' ? size : Math.ceil((all.length * Number.parseFloat(size)) / 100);
    batches.push(all.slice(done, done + Math.max(1, count)));
    done += Math.max(1, count);
  }
  return batches;
}
