import type { Command, Option } from 'commander';
import { EXIT, Problem } from '../core/problem.ts';
import { shellJoin } from '../core/shell-quote.ts';

/** `--yes` asks nothing of what is done, and npm means the same by it. */
const HARMLESS: readonly string[] = ['yes'];

/**
 * `npm run release:minor --dry-run` gives the option to npm, and the release would be made. npm tells its scripts of such
 * options in their environment alone.
 * @param words the command with all its arguments, as they arrived
 * @throws Problem `npm-kept` with the command that was meant
 */
export function refuseKeptByNpm(environment: NodeJS.ProcessEnv, command: Command, words: readonly string[]): void {
  const { npm_command: way, npm_lifecycle_event: script, npm_lifecycle_script: line = '' } = environment;
  if (script === undefined || !(way === 'run-script' || way === 'run') || !/^tagship\b/.test(line)) return;
  const kept = command.options.filter((option) => isKept(environment, option));
  if (kept.length === 0) return;
  const rest = words.slice(line.split(/\s+/).length - 1);
  const options = kept.flatMap((option) => [option.long ?? '', ...givenTo(environment, option, rest)]);
  const names = kept.map(({ long }) => long).join(', ');
  throw new Problem({
    code: 'npm-kept',
    what: `npm kept ${names} for itself; nothing has changed`,
    why: 'npm passes on only what stands behind a --',
    fix: `npm run ${shellJoin([script, '--', ...rest, ...options])}`,
    exit: EXIT.usage,
  });
}

function isKept(environment: NodeJS.ProcessEnv, option: Option): boolean {
  const value = environment[variable(option)];
  if (value === undefined || HARMLESS.includes(option.attributeName())) return false;
  const isOff = value === '' || value === 'false';
  return option.negate ? isOff : !isOff;
}

/** The option's value where npm kept that too; else it is the next word that npm did pass on. */
function givenTo(environment: NodeJS.ProcessEnv, option: Option, rest: string[]): readonly string[] {
  if (!option.required) return [];
  const value = environment[variable(option)];
  const word = value === 'true' ? rest.shift() : value;
  return word === undefined ? [] : [word];
}

const variable = ({ long = '' }: Option) => `npm_config_${long.replace(/^--(no-)?/, '').replaceAll('-', '_')}`;
