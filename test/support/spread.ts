/** So many of them, from all over. */
export function spread<T>(all: readonly T[], count: number): readonly T[] {
  return places(all.length, count).map((index) => all[index] as T);
}

/** All of them, in an order whose every beginning is from all over: the middle first, then the middles of the halves, and so on. */
export function fromAllOver<T>(all: readonly T[]): readonly T[] {
  const order = new Set<number>();
  for (let count = 1; order.size < all.length; count *= 2)
    for (const index of places(all.length, count)) order.add(index);
  return [...order].map((index) => all[index] as T);
}

function places(length: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => Math.floor(((index + 0.5) * length) / count));
}
