/** Does `work` for all, in order, at most `limit` at the same time. Rejects with what the first rejects with. */
export async function someAtATime<T>(all: readonly T[], limit: number, work: (one: T) => Promise<void>): Promise<void> {
  const waiting = [...all];
  const worker = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await work(one);
  };
  await Promise.all(Array.from({ length: Math.min(limit, all.length) }, worker));
}
