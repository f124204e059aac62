const HIDDEN = '(what the environment file holds is not shown)';

/**
 * What Compose says, without what it quotes of environment files that it cannot read: file, line and reason stay. For text
 * that reaches us as it is; what steps are told is cut on the host (`host/steps/hidden-values.sh`).
 */
export function withoutValues(text: string): string {
  return text
    .replace(/^((?:failed to read [^"'`\n]*|line \d+: )unterminated quoted value) .*/gm, `$1 ${HIDDEN}`)
    .replace(/^(failed to read .*: [Ii]nvalid template): .*/gm, `$1 ${HIDDEN}`)
    .replace(/^((?:failed to read .*: )?(?:line \d+: )?unexpected character) .* in variable name .*/gm, `$1 ${HIDDEN}`)
    .replace(/^(failed to read .*: required variable) \S+ is missing a value.*/gm, `$1 ${HIDDEN}`)
    .replace(/^(ERROR: [Ee]nvironment variable name) '.*/gm, `$1 ${HIDDEN}`)
    .replace(/^(time=.* msg="The) \\"\w+\\" (variable is not set)/gm, '$1 $2');
}
