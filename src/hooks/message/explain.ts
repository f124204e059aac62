import type { MessageConfig } from '../../config/schema.ts';
import { EXIT, Problem } from '../../core/problem.ts';
import { shellJoin } from '../../core/shell-quote.ts';
import type { MessageFault } from './rules.ts';

/** How a refused commit is made again. */
export interface RefusedCommit {
  /** Where git keeps the refused message, as the user should type it. */
  readonly file: string;
  /** What says that more is committed than what is staged. */
  readonly flags: readonly string[];
  /** The files that were named, as pathspecs that hold in every folder. */
  readonly paths: readonly string[];
  /** Whether it was to take the place of the last one, as far as that can be told. */
  readonly amends: boolean | 'perhaps';
}

export function messageProblem(
  fault: MessageFault,
  rules: MessageConfig,
  { file, flags, paths, amends }: RefusedCommit,
): Problem {
  const named = paths.length === 0 ? [] : ['--', ...paths];
  const again = shellJoin([
    'git',
    'commit',
    ...(amends === true ? ['--amend'] : []),
    ...flags,
    '--edit',
    `--file=${file}`,
    ...named,
  ]);
  return new Problem({
    code: fault.code,
    what: fault.what,
    why: [...ruleFor(fault.code, rules), ...suggested(fault)].join('\n'),
    fix: `${again}   (the message is kept there${amendHint(amends)})`,
    exit: EXIT.refused,
  });
}

function amendHint(amends: RefusedCommit['amends']): string {
  if (amends === false) return '';
  return amends === 'perhaps'
    ? '; with --amend where the last commit was to be amended'
    : '; without --amend where it was to be a new commit';
}

function ruleFor(code: MessageFault['code'], { types, length, scopes }: MessageConfig): readonly string[] {
  if (code === 'message-scope') return [`a scope is one of: ${scopes?.join(', ') || 'none'}`];
  if (code === 'message-length') return ['what does not fit goes below, after an empty line'];
  if (code === 'message-body') return ['an empty line parts the first line, which is the heading, from the rest'];
  if (code === 'message-breaking')
    return ['a breaking change is told by "BREAKING CHANGE: " or by "!" before the colon'];
  return [
    `the form is "type: what it does", "type(where): …", or "type!: …" where something breaks; ${length} characters at most`,
    `type is one of: ${types.join(', ')}`,
    'feat makes the next release a minor one, "!" a major one, anything else a patch',
  ];
}

const suggested = ({ suggestion }: MessageFault) => (suggestion === undefined ? [] : [`perhaps: ${suggestion}`]);
