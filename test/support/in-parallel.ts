/** Does the work for every item, for so many of them at once. Fails with the first that fails. */
export async function inParallel<T>(
  atOnce: number,
  items: readonly T[],
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const queue = items.map((item, index) => ({ item, index }));
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next.item, next.index);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
