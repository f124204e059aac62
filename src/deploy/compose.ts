import { shellJoin, shellQuote } from '../core/shell-quote.ts';
import type { ComposeProgram } from './facts.ts';

/** Compose finds these by itself, with the override file beside them, as it does for a person in the app directory. */
const DEFAULT_FILES: readonly string[] = ['docker-compose.yml'];

/** The command every Compose call begins with: exactly what a person would type in the app directory. */
export function composeCommand(program: ComposeProgram, files: readonly string[]): readonly string[] {
  return [...program.split(' '), ...namedFiles(files).flatMap((file) => ['--file', file])];
}

/** None where Compose is left to find them by itself. */
function namedFiles(files: readonly string[]): readonly string[] {
  const isDefault =
    files.length === DEFAULT_FILES.length && files.every((file, index) => file === DEFAULT_FILES[index]);
  return isDefault ? [] : files;
}

/**
 * The shell function `compose` that the steps call, `compose_program` without files, and the files by themselves, a line each.
 * What Compose says passes through `hide_values` of `host/steps/hidden-values.sh`.
 */
export function composeFunctions(program: ComposeProgram, files: readonly string[]): string {
  const named = namedFiles(files).flatMap((file) => ['--file', file]);
  return [
    `compose() { ${shellJoin(['compose_program', ...named])} "$@"; }`,
    `compose_program() { hide_values ${program} "$@"; }`,
    `compose_named=${shellQuote(namedFiles(files).join('\n'))}`,
  ].join('\n');
}
