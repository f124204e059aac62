import { expect, it } from 'vitest';
import { withoutValues } from '../../src/deploy/without-values.ts';

const HIDDEN = '(what the environment file holds is not shown)';

it.each([
  [
    'failed to read /x/.env: line 4: unterminated quoted value "s3cr3t',
    `failed to read /x/.env: line 4: unterminated quoted value ${HIDDEN}`,
  ],
  ["line 4: unterminated quoted value 's3cr3t", `line 4: unterminated quoted value ${HIDDEN}`],
  ['failed to read /x/.env: Invalid template: "s3cr${t-1"', `failed to read /x/.env: Invalid template ${HIDDEN}`],
  ['line 1: unexpected character "+" in variable name "s3cr3t+"', `line 1: unexpected character ${HIDDEN}`],
  [
    'failed to read /x/.env: required variable s3cr3t is missing a value: s3cr3t',
    `failed to read /x/.env: required variable ${HIDDEN}`,
  ],
  [
    "ERROR: Environment variable name 's3cr3t words' may not contain whitespace.",
    `ERROR: Environment variable name ${HIDDEN}`,
  ],
  [
    'time="T" level=warning msg="The \\"s3cr3t\\" variable is not set. Default"',
    'time="T" level=warning msg="The variable is not set. Default"',
  ],
])('Compose quotes no value of an environment file: %s', (said, shown) => {
  expect(withoutValues(`before\n${said}\nafter`)).toBe(`before\n${shown}\nafter`);
});

it('what containers and commands said is left as it is', () => {
  const said =
    'web-1  | line 4: unterminated quoted value "x"\nsh: line 1: x: not found\nline 2: syntax error near "("\nInvalid template: x\nrequired variable X is missing a value';
  expect(withoutValues(said)).toBe(said);
});
