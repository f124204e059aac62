import type { MessageConfig } from '../../config/schema.ts';

/** A message, read by the rules of Conventional Commits. Null where it does not say. */
export interface ParsedMessage {
  readonly type?: string | null;
  readonly scope?: string | null;
  readonly subject?: string | null;
  /** What it says of breaking changes. */
  readonly notes?: readonly unknown[];
}

/** What is wrong with a message, and its first line as it would be right where that can be told. */
export interface MessageFault {
  readonly code:
    | 'message-form'
    | 'message-type'
    | 'message-scope'
    | 'message-length'
    | 'message-body'
    | 'message-breaking';
  readonly what: string;
  readonly suggestion?: string;
}

/** Messages that git writes, and marks for a rebase that will fold the commit into another one. */
const WRITTEN_BY_GIT = /^(Merge |Revert "|Reapply "|(fixup|squash|amend)! )/;

const EMPTY_SCOPE = /^(\s*\w+)\s*\(\s*\)/;

/** Meant as the footer that tells of a breaking change. */
const BREAKING = /^breaking[ -]?changes?\s*:/im;

/**
 * Undefined when a commit may have this message. One that is empty is left to git, which refuses it.
 * @param merging whether the commit concludes a merge
 */
export function findFault(
  message: string,
  parse: (message: string) => ParsedMessage,
  rules: MessageConfig,
  merging: boolean,
): MessageFault | undefined {
  const [header = '', second = ''] = message.split('\n');
  if (message.trim() === '' || merging || WRITTEN_BY_GIT.test(header)) return undefined;
  if (EMPTY_SCOPE.test(header)) {
    const what = `the scope of the commit message is empty: ${header}`;
    return { code: 'message-form', what, ...suggest(mendHeader(header.replace(EMPTY_SCOPE, '$1'), rules)) };
  }
  const { type, scope, subject, notes = [] } = parse(message);
  if (!type || !subject?.trim()) {
    const what = `the commit message does not begin with "type: ": ${header}`;
    return { code: 'message-form', what, ...suggest(mendHeader(header, rules)) };
  }
  if (!rules.types.includes(type)) {
    const what = `"${type}" is no type of commit here`;
    return { code: 'message-type', what, ...suggest(mendHeader(header, rules)) };
  }
  if (rules.scopes !== undefined && scope && !rules.scopes.includes(scope)) {
    return {
      code: 'message-scope',
      what: `"${scope}" is no scope here: ${rules.scopes.join(', ') || 'there are none'}`,
    };
  }
  if ([...header].length > rules.length) {
    const what = `the first line has ${[...header].length} characters; ${rules.length} are the most`;
    return { code: 'message-length', what };
  }
  if (second !== '') {
    const what = 'the second line of the commit message is not empty';
    return { code: 'message-body', what, suggestion: `${header}\n\n${second}` };
  }
  const misspelt = BREAKING.exec(message)?.[0];
  if (misspelt === undefined || notes.length > 0) return undefined;
  const what = `a release would not see "${misspelt}"`;
  return { code: 'message-breaking', what, suggestion: 'BREAKING CHANGE: what breaks, and what to do about it' };
}

const suggest = (suggestion: string | undefined) => (suggestion === undefined ? {} : { suggestion });

/** Words that people write for a type. */
const TYPE_WORDS: Readonly<Record<string, readonly string[]>> = {
  feat: [
    'feature',
    'features',
    'add',
    'adds',
    'added',
    'implement',
    'implements',
    'implemented',
    'introduce',
    'support',
    'allow',
    'new',
  ],
  fix: [
    'fixes',
    'fixed',
    'bug',
    'bugfix',
    'hotfix',
    'correct',
    'corrects',
    'corrected',
    'resolve',
    'resolves',
    'resolved',
    'repair',
  ],
  docs: ['doc', 'document', 'documents', 'documentation', 'readme'],
  style: ['format', 'formatting', 'styles'],
  refactor: [
    'refactors',
    'refactored',
    'refactoring',
    'rename',
    'renames',
    'renamed',
    'move',
    'moves',
    'moved',
    'extract',
    'simplify',
    'cleanup',
  ],
  perf: ['performance', 'optimise', 'optimize', 'optimized', 'speed'],
  test: ['tests', 'testing'],
  build: ['deps', 'dependencies', 'bump', 'upgrade'],
  chore: ['chores', 'misc', 'update', 'updates', 'updated'],
};

/** The first line, put right; undefined when no word of it tells which type was meant. */
function mendHeader(header: string, { types }: MessageConfig): string | undefined {
  const { word, scope, breaking, separated, rest } = takeApart(header);
  const type = typeMeant(word, types);
  if (type === undefined) return undefined;
  // A verb that says more than its type does is a part of what was done.
  const isPart = !separated && word.toLowerCase() !== type;
  const subject = (isPart ? header : rest).trim();
  return subject === '' ? undefined : `${type}${scope}${breaking}: ${lowerFirst(subject)}`;
}

/** `[fix] x`, `Fix(ui) : x`, `fix - x`, `Fix x`: the first word and what follows it. */
function takeApart(header: string) {
  const [, word = '', scope = '', breaking = '', separator = '', rest = ''] =
    /^\s*[[(]?(\w+)[\])]?(\([^()]*\))?(!)?(\s*[:\-–]\s*|\s+)?(.*)$/s.exec(header) ?? [];
  return { word, scope, breaking, separated: /[:\-–]/.test(separator) || /^\s*[[(]/.test(header), rest };
}

function typeMeant(word: string, types: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  if (types.includes(lower)) return lower;
  const meant = Object.keys(TYPE_WORDS).find((type) => TYPE_WORDS[type]?.includes(lower));
  return meant !== undefined && types.includes(meant) ? meant : undefined;
}

/** An acronym stays as it is. */
const lowerFirst = (text: string) => (/^\p{Lu}[\p{Ll}\s]/u.test(text) ? text[0]?.toLowerCase() + text.slice(1) : text);
