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
 * The content of a hook of husky with tagship in it; what else is in it stays, byte for byte. Undefined when tagship is
 * called there already. With others in the file tagship is a process of its own, before them: a pre-push hook can be read
 * to once only.
 */
export function withTagship(present: Buffer | undefined, name: HookName, folder: string): Buffer | undefined {
  // One character for each byte: it may be in any encoding.
  const text = present?.toString('latin1') ?? '';
  if (callsTagship(text, name)) return undefined;
  const alone = text.trim() === '';
  const line = Buffer.from(`${hookLine(name, folder, alone)}\n`);
  if (present === undefined || alone) return line;
  const shebang = /^#!.*\r?\n/.exec(text)?.[0].length ?? 0;
  return Buffer.concat([present.subarray(0, shebang), line, present.subarray(shebang)]);
}

/** Whether a hook calls tagship, in this way or another. */
export function callsTagship(content: string, name: HookName): boolean {
  const lines = content.split('\n').filter((line) => !line.trimStart().startsWith('#'));
  return lines.some(
    (line) => line.includes(`tagship/dist/${name}.sh`) || new RegExp(`tagship\\S* hook ${name}\\b`).test(line),
  );
}

function hookLine(name: HookName, folder: string, alone: boolean): string {
  const script = shellQuote(`./${posix.join(folder, INSTALLED, `${name}.sh`)}`);
  const main = folder === '' ? '' : `tagship_main=${shellQuote(posix.join(folder, INSTALLED, 'main.js'))}`;
  if (alone) return `${main === '' ? '' : `${main}; `}. ${script}`;
  return `${main === '' ? '' : `${main} `}sh ${script} "$@"`;
}
