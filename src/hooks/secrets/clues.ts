import { type Format, literally } from './format.ts';
import { FORMATS } from './formats.ts';

/** Stands in every allow comment. */
export const ALLOW = ':allow';

/** What makes it worth to look at a text closely: a kind of credential that may stand there, or an allow comment. */
export type Clue = Format | typeof ALLOW;

/** What each literal hints at, its own beginnings included: where `sk_live_` stands, `sk` stands too. */
const HINTS = hints(new Map([...keywordsOf(FORMATS), [ALLOW, [ALLOW]]]));
const ALWAYS = FORMATS.filter(({ keywords }) => keywords.length === 0);
const RANK = new Map<Clue, number>(FORMATS.map((format, index) => [format, index]));

/** Every literal at once; of those that begin at one place, the longest. */
const LITERALS = new RegExp(
  [...HINTS.keys()]
    .sort((one, other) => other.length - one.length)
    .map(literally)
    .join('|'),
  'g',
);

/**
 * For each text the clues that stand in it, in the order of {@link FORMATS}. All texts are searched as one, in one pass:
 * most kinds stand in none. @param texts a character for each byte, so that none gets longer in lower case
 */
export function cluesIn(texts: readonly string[]): readonly (readonly Clue[])[] {
  const clues: Set<Clue>[] = [];
  const all = texts.join('\n').toLowerCase();
  let index = 0;
  let end = texts[0]?.length ?? 0;
  LITERALS.lastIndex = 0;
  for (let match = LITERALS.exec(all); match !== null; match = LITERALS.exec(all)) {
    while (match.index >= end) {
      index += 1;
      end += 1 + (texts[index]?.length ?? 0);
    }
    clues[index] ??= new Set(ALWAYS);
    for (const clue of HINTS.get(match[0]) ?? []) clues[index]?.add(clue);
    // Another one may begin within this one.
    LITERALS.lastIndex = match.index + 1;
  }
  return texts.map((_, at) => (clues[at] === undefined ? ALWAYS : inOrder(clues[at])));
}

function inOrder(clues: ReadonlySet<Clue>): readonly Clue[] {
  return [...clues].sort((one, other) => (RANK.get(one) ?? -1) - (RANK.get(other) ?? -1));
}

function keywordsOf(formats: readonly Format[]): ReadonlyMap<string, readonly Clue[]> {
  const literals = new Set(formats.flatMap(({ keywords }) => keywords));
  return new Map(
    [...literals].map((literal) => [literal, formats.filter(({ keywords }) => keywords.includes(literal))]),
  );
}

function hints(meanings: ReadonlyMap<string, readonly Clue[]>): ReadonlyMap<string, readonly Clue[]> {
  const literals = [...meanings.keys()];
  const begin = (literal: string) => literals.filter((other) => literal.startsWith(other));
  return new Map(literals.map((literal) => [literal, begin(literal).flatMap((each) => meanings.get(each) ?? [])]));
}
