/**
 * Does the work for every item, for so many of them at once. Fails with the first that fails.
 * @param until when no more are begun, in milliseconds since 1970
 * @returns how many it was done for
 */
export async function inParallel<T>(
  atOnce: number,
  items: readonly T[],
  work: (item: T, index: number) => Promise<void>,
  until = Number.POSITIVE_INFINITY,
): Promise<number> {
  const queue = items.map((item, index) => ({ item, index }));
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = Date.now() < until ? queue.shift() : undefined)
      await work(next.item, next.index);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return items.length - queue.length;
}
