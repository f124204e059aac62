import type { ChecksConfig } from '../../config/schema.ts';
import { toolOf } from '../gates/gate-commands.ts';
import type { Package } from '../gates/packages.ts';

/** Options that make `dart analyze` refuse what the gate of a package refuses, and let pass what that lets pass. */
export function fatalOptions({ analyze }: Pick<ChecksConfig, 'analyze'>, kind: Package['kind']): readonly string[] {
  const command = analyze || '';
  // Infos are fatal to flutter analyze alone.
  const infos = lastWord(command, 'infos') ?? (toolOf(command) ?? kind) === 'flutter';
  const warnings = lastWord(command, 'warnings') ?? true;
  return [...(infos ? ['--fatal-infos'] : []), ...(warnings ? [] : ['--no-fatal-warnings'])];
}

/** What a command says at last of whether these are fatal; undefined when it says nothing. */
function lastWord(command: string, severity: 'infos' | 'warnings'): boolean | undefined {
  const said = [...command.matchAll(new RegExp(`(?<=\\s)--(no-)?fatal-${severity}(?!\\S)`, 'g'))].at(-1);
  return said === undefined ? undefined : said[1] === undefined;
}
