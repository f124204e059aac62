import { shellQuote } from '../core/shell-quote.ts';

/** Lines of shell: what the Compose file and the health command of one release see of it. */
export function releaseVariables(tag: string | undefined, version: string | undefined): string {
  const setOrUnset = (name: string, value: string | undefined) =>
    value === undefined ? `unset ${name}\n` : `export ${name}=${shellQuote(value)}\n`;
  return `${setOrUnset('TAGSHIP_TAG', tag)}${setOrUnset('TAGSHIP_VERSION', version)}`;
}
