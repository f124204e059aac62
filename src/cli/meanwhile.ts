import { setImmediate } from 'node:timers/promises';

/**
 * Loads what is needed next while what was begun before is under way: git answers meanwhile, on another core.
 * @param loads one after the other, with a look at what has come in between
 */
export async function meanwhile<T extends readonly unknown[]>(
  ...loads: { readonly [K in keyof T]: () => Promise<T[K]> }
): Promise<T> {
  const loaded: unknown[] = [];
  for (const load of loads) {
    await setImmediate();
    loaded.push(await load());
  }
  return loaded as unknown as T;
}
