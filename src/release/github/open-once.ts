/**
 * Finds it, or makes it. When making fails it may have been made all the same, its answer lost: it is looked for once
 * more before the failure counts.
 */
export async function openOnce<T>(find: () => Promise<T | undefined>, make: () => Promise<T>): Promise<T> {
  const found = await find();
  if (found !== undefined) return found;
  try {
    return await make();
  } catch (error) {
    const made = await find().catch(() => undefined);
    if (made === undefined) throw error;
    return made;
  }
}
