import { shellJoin } from '../core/shell-quote.ts';
import type { ComposeProgram } from './facts.ts';

/** Compose finds these by itself, with the override file beside them, as it does for a person in the app directory. */
const DEFAULT_FILES: readonly string[] = ['docker-compose.yml'];

/** The command every Compose call begins with: exactly what a person would type in the app directory. */
export function composeCommand(program: ComposeProgram, files: readonly string[]): readonly string[] {
  const isDefault =
    files.length === DEFAULT_FILES.length && files.every((file, index) => file === DEFAULT_FILES[index]);
  return [...program.split(' '), ...(isDefault ? [] : files.flatMap((file) => ['--file', file]))];
}

/** The shell functions that the steps call: `compose` with the app's files, `bare_compose` without. */
export function composeFunction(program: ComposeProgram, files: readonly string[]): string {
  return `compose() { ${shellJoin(composeCommand(program, files))} "$@"; }\nbare_compose() { ${program} "$@"; }`;
}
