import { oneLine } from '../../core/one-line.ts';

/** What the working tree has else than what is judged: a file by its path, or in words what keeps from naming any. */
export type Difference = { readonly path: string } | { readonly words: string };

export const ofPath = (path: string): Difference => ({ path });

/** Why what passed is not remembered. */
export const changedByGates = (path: string) => `the gates change ${oneLine(path)} (commit what they make of it)`;

/** Why what has passed has to pass once more. */
export function again([first, ...others]: readonly Difference[]): string {
  const place = '  again, in a folder of its own:';
  if (first === undefined || 'words' in first) return `${place} meanwhile ${first?.words ?? 'something changed'}`;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `${place} ${oneLine(first.path)}${more} changed while the gates ran`;
}

/** Who misses a file in the tests that is there before their eyes has to know where it was missed. */
export function elsewhere([first, ...others]: readonly Difference[]): string {
  const place = '  in a folder of its own, as';
  if (first === undefined || 'words' in first) return `${place} ${first?.words ?? 'there is no other'}`;
  const [more, them] = others.length === 0 ? ['', 'it'] : [` and ${others.length} more`, 'them'];
  const what = `the working tree has something else: ${oneLine(first.path)}${more}`;
  return `${place} ${what} (commit ${them}, or move ${them} out of the repository)`;
}
