import type { Git } from '../io/ports.ts';

/** What comes out from every base alike; or, of one, what has lost no line of either side and has none twice. */
export async function acrossBases(
  git: Git,
  path: string,
  bases: readonly string[],
  merge: (base: Buffer) => Promise<Buffer | undefined>,
  sides: readonly Buffer[],
): Promise<Buffer | undefined> {
  if (bases.length < 2) return undefined;
  const contents = await git.readObjects(bases.map((commit) => `${commit}:${path}`));
  const results = await Promise.all(contents.map((base) => (base === undefined ? undefined : merge(base))));
  const [first] = results;
  if (first !== undefined && results.every((result) => result?.equals(first))) return first;
  return results.find((result) => result !== undefined && holdsAll(result, sides));
}

/** Each line as often as the side that has it most often. */
function holdsAll(result: Buffer, sides: readonly Buffer[]): boolean {
  const counted = countLines(result);
  const most = new Map<string, number>();
  for (const side of sides)
    for (const [line, count] of countLines(side)) most.set(line, Math.max(count, most.get(line) ?? 0));
  return [...new Set([...counted.keys(), ...most.keys()])].every((line) => counted.get(line) === most.get(line));
}

function countLines(bytes: Buffer): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of bytes.toString('utf8').split('\n')) {
    if (line.trim() !== '') counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return counts;
}
