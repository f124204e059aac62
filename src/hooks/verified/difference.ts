import { oneLine } from '../../core/one-line.ts';

/** What the working tree has else than what is judged: a file by its path, or in words what keeps from naming any. */
export type Difference = { readonly path: string } | { readonly words: string };

export const ofPath = (path: string): Difference => ({ path });

/** Why what passed is not remembered. */
export const changedByGates = (path: string) => `the gates change ${oneLine(path)} (commit what they make of it)`;

export const cameMeanwhile = (path: string) => `${oneLine(path)} came while the gates ran`;

/** Why what has passed has to pass once more. */
export function again(difference: Difference): string {
  const what = 'path' in difference ? `${oneLine(difference.path)} changed while the gates ran` : difference.words;
  return `  again, in a folder of its own, without what git ignores: ${what}`;
}

/** Who misses a file in the tests that is there before their eyes has to know where it was missed. */
export function elsewhere([first, ...others]: readonly Difference[]): string {
  const place = '  in a folder of its own, as';
  if (first === undefined || 'words' in first) return `${place} ${first?.words ?? 'there is no other'}`;
  const [more, them] = others.length === 0 ? ['', 'it'] : [` and ${others.length} more`, 'them'];
  const what = `the working tree has something else: ${oneLine(first.path)}${more}`;
  return `${place} ${what} (commit ${them}, or move ${them} out of the repository)`;
}
