/** So many of them, from all over. */
export function spread<T>(all: readonly T[], count: number): readonly T[] {
  return Array.from({ length: count }, (_, index) => all[Math.floor(((index + 0.5) * all.length) / count)] as T);
}

/** All of them, in an order whose every beginning is from all over: the middle first, then the middles of the halves, and so on. */
export function fromAllOver<T>(all: readonly T[]): readonly T[] {
  const order = new Set<T>();
  for (let count = 1; order.size < all.length; count *= 2) for (const item of spread(all, count)) order.add(item);
  return [...order];
}
