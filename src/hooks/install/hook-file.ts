import { posix } from 'node:path';
import { shellQuote } from '../../core/shell-quote.ts';

/** The hooks that tagship puts into an app. */
export const HOOKS = ['pre-commit', 'commit-msg', 'pre-push'] as const;
export type HookName = (typeof HOOKS)[number];

/** Where npm puts tagship, below the folder of package.json. */
export const INSTALLED = 'node_modules/tagship/dist';

/** Where find-node.sh looks for the path of node, in git's common folder. */
export const RECORDED_NODE = 'tagship/node';

/** Where husky's files are. @param folder of package.json, inside the repository */
export const huskyFolder = (folder: string) => posix.join(folder, '.husky');

/**
 * The content of a hook of husky with tagship in it; what else is in it stays, byte for byte. Undefined when there is
 * nothing to do, or nothing that could be done without knowing what the hook means. With others in the file tagship stands
 * before them.
 */
export function withTagship(present: Buffer | undefined, name: HookName, folder: string): Buffer | undefined {
  // One character for each byte: it may be in any encoding.
  const text = present?.toString('latin1') ?? '';
  const isCalled = callsTagship(text, name);
  if (isCalled && (name !== 'pre-push' || !isListLost(text) || isGuarded(text))) return undefined;
  const rest = isCalled ? withoutTagship(text, name) : text;
  if (callsTagship(rest, name)) return undefined;
  const lines = hookLines(name, folder);
  if (rest.trim() === '') return Buffer.from(lines);
  const shebang = /^#!.*\r?\n/.exec(rest)?.[0].length ?? 0;
  const bytes = (part: string) => Buffer.from(part, 'latin1');
  return Buffer.concat([bytes(rest.slice(0, shebang)), Buffer.from(lines), bytes(rest.slice(shebang))]);
}

/** Whether a hook calls tagship, in this way or another. */
export function callsTagship(content: string, name: HookName): boolean {
  return commands(content).some((line) => isCall(line, name));
}

/**
 * Whether something in a pre-push hook gets no list of what is pushed. git gives it once, on standard input: a command that
 * stands before tagship may have read it, and one behind it finds it read, unless tagship is sourced and gives it again. A
 * hook that feeds tagship by itself knows why.
 */
export function isListLost(content: string): boolean {
  const lines = commands(content);
  const calls = lines.filter((line) => isCall(line, 'pre-push'));
  if (calls.length === 0 || calls.some((line) => FED.test(line))) return false;
  const mayRead = (line: string) => !READS_NOTHING.test(line) && !OWN_TEST.test(line);
  const before = lines.slice(0, lines.indexOf(calls[0] ?? '')).filter(mayRead);
  const behind = lines.slice(lines.lastIndexOf(calls.at(-1) ?? '') + 1).filter(mayRead);
  return before.length > 0 || (behind.length > 0 && !calls.some((line) => SOURCED.test(line)));
}

/** Whether tagship, where it stands, is not called each time: at the top it would be. */
function isGuarded(content: string): boolean {
  const lines = commands(content);
  const before = lines.slice(
    0,
    lines.findIndex((line) => isCall(line, 'pre-push')),
  );
  return before.some((line) => GUARD.test(line) && !OWN_TEST.test(line));
}

/** The lines of a hook that are neither empty nor a comment. */
export const commands = (content: string) =>
  content
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));

function isCall(line: string, name: HookName): boolean {
  const call = new RegExp(`tagship/dist/${name}(-shared)?\\.sh|tagship\\S* hook ${name}\\b`);
  return call.test(line) && !OWN_TEST.test(line);
}

/** Whether tagship is there at all: the line before the one that calls it. */
const OWN_TEST = /^\[ -f .*tagship\/dist\/[\w-]+\.sh'? \] \|\| \{.*\}$/;
/** `-shared`: as it was written in a hook with others before the one script did both. */
const SOURCED = /(?:^|[\s;&|])\. [^;&|]*tagship\/dist\/pre-push(?:-shared)?\.sh/;
/** By a pipe or from a file. */
const FED = /[^|]\|(?!\|).*tagship|tagship.*</;
/** What a shell neither starts nor reads anything by. */
const PLAIN = '[^;&|`(<]';
/**
 * Settings, words on the screen, tests, and what husky 8 wrote at the top. Behind a setting that is not one word a command
 * would begin. read-before.sh has the same in the shell's own words.
 */
const READS_NOTHING = new RegExp(
  `^(?:${[
    `(?:set|export|unset|umask|echo|printf|cd|:)(?: ${PLAIN}*(?:>&2)?)?`,
    `[A-Za-z_]\\w*=(?:[^;&|\`(< \\t]*|"[^;&|\`(<"']*"|'[^;&|\`(<"']*')`,
    `(?:(?:el)?if )?(?:! )?(?:\\[ ${PLAIN}* \\]|test ${PLAIN}*)(?:; then| (?:&&|\\|\\|) (?:exit|return)(?: \\d+)?)?`,
    'then|else|fi',
    '\\. "\\$\\(dirname -- "\\$0"\\)/_/husky\\.sh"',
  ].join('|')})$`,
);
/** What may keep a hook from getting to what follows. */
const GUARD = /\b(?:exit|return|if|case)\b/;

/** Without the lines that do nothing but call tagship, but for those in something that would be torn. */
function withoutTagship(text: string, name: HookName): string {
  const own = /^(?:tagship_main=[^;&|]+; )?[^\s;&|<>(){}`][^;&|<>(){}`]*$/;
  let depth = 0;
  const lines = text.split('\n').filter((line) => {
    const bare = line.trimEnd();
    if (OWN_TEST.test(bare)) return depth > 0;
    if (OPENS.test(bare.trimStart())) depth += 1;
    if (CLOSES.test(bare.trimStart())) depth -= 1;
    return depth > 0 || !isCall(bare, name) || !own.test(bare) || bare.startsWith('#');
  });
  return lines.join('\n');
}

const OPENS = /^(?:if|case|for|while|until)\b(?!.*\b(?:fi|esac|done)\b)|\{$/;
const CLOSES = /^(?:fi|esac|done|\})(?:$|[\s;&|])/;

function hookLines(name: HookName, folder: string): string {
  const script = shellQuote(`./${posix.join(folder, INSTALLED, `${name}.sh`)}`);
  const main = folder === '' ? '' : `tagship_main=${shellQuote(posix.join(folder, INSTALLED, 'main.js'))}; `;
  const place = shellQuote(
    `✘ tagship is not in ${posix.join(folder, posix.dirname(INSTALLED))}, so nothing can be judged`,
  );
  const next = shellQuote(`  next: npm install${folder === '' ? '' : ` (in ${folder})`}, then the same command again`);
  // A branch that was just checked out may have hooks, and nothing installed.
  const test = `[ -f ${script} ] || { printf '%s\\n' ${place} ${next} >&2; exit 3; }`;
  return `${test}\n${main}. ${script}\n`;
}
