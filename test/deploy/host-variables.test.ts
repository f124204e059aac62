import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { type Mention, type ShellFunction, shellFunctions } from '../support/shell-functions.ts';

/** What a call sets that the caller had set before it and reads after it, as `caller: variable, set by callee`. */
function clobbered(functions: readonly ShellFunction[]): readonly string[] {
  const known = new Map<string, ReadonlySet<string>>();
  const setBy = (name: string, asking: readonly string[] = []): ReadonlySet<string> => {
    const own = functions.filter((one) => one.name === name && !asking.includes(name));
    const variables = own.flatMap(({ sets, calls }) => [
      ...sets.map((set) => set.name),
      ...calls.flatMap((call) => [...setBy(call.name, [...asking, name])]),
    ]);
    if (asking.length === 0) known.set(name, new Set(variables));
    return new Set(variables);
  };
  return functions.flatMap((caller) =>
    caller.calls
      .filter(({ name }) => name !== caller.name)
      .flatMap((call) =>
        [...(known.get(call.name) ?? setBy(call.name))]
          .filter((variable) => isCrossed(caller, call, variable))
          .map((variable) => `${caller.name}: ${variable}, set by ${call.name}`),
      ),
  );
}

/** Whether a variable has a value before a call, and is read after it before it gets another; a loop goes on at its beginning. */
function isCrossed({ sets, reads, loops }: ShellFunction, call: Mention, variable: string): boolean {
  const of = (mentions: readonly Mention[]) => mentions.filter(({ name }) => name === variable).map(({ at }) => at);
  const first = (mentions: readonly Mention[], from: number) =>
    Math.min(...of(mentions).filter((at) => at > from), Number.POSITIVE_INFINITY);
  if (first(sets, -1) > call.at) return false;
  const from = [call.at, ...loops.filter(([begin, end]) => begin < call.at && call.at < end).map(([begin]) => begin)];
  return from.some((at) => first(reads, at) < first(sets, at));
}

const HOST = fileURLToPath(new URL('../../src/deploy/host', import.meta.url));

it('no function that runs on a host changes a variable which its caller still needs', () => {
  const scripts = readdirSync(HOST, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.sh'));
  const functions = shellFunctions(scripts.map((path) => readFileSync(`${HOST}/${path}`, 'utf8')));
  expect(functions.length).toBeGreaterThan(200);
  expect(clobbered(functions)).toEqual([]);
});

it.each([
  ['a name', 'f() {\n  name=$1\n  g\n  echo "$name"\n}', true],
  ['a name that is read before alone', 'f() {\n  name=$1\n  echo "$name"\n  g\n}', false],
  ['a name that is set again', 'f() {\n  name=$1\n  g\n  name=2\n  echo "$name"\n}', false],
  ['what it leaves for its caller', 'f() {\n  g\n  echo "$name"\n}', false],
  ['in a subshell', 'f() {\n  name=$1\n  (g)\n  said=$(g "$(h)")\n  echo "$name"\n}', false],
  ['read in a subshell', 'f() {\n  name=$1\n  g\n  said=$(tr a b "$name")\n}', true],
  ['by way of another', 'f() {\n  name=$1\n  h\n  echo "${name}x"\n}', true],
  ['a word of a text', 'f() {\n  name=$1\n  echo \'g\' "then g" # g\n  echo $name\n}', false],
  ['the name of a loop', 'f() {\n  for name; do\n    g\n    echo "$name"\n  done\n}', true],
  ['what is read in a loop', 'f() {\n  while read -r one name; do g || echo $name; done\n}', true],
  ['the next turn of a loop', 'f() {\n  name=1\n  while [ "$name" ]; do\n    echo "$name"\n    g\n  done\n}', true],
])('%s', (_, caller, isFound) => {
  const callees = 'g() {\n  name=other\n}\nh() {\n  g\n}\n';
  expect(clobbered(shellFunctions([callees, caller])).length > 0).toBe(isFound);
});
