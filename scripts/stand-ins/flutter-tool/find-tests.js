// What a test file declares: groups and tests with their names, places and what can be told of their outcome.
import { argumentsOf, callsOf, literal, position } from './dart-source.js';

/** Calls of group, test and testWidgets with a literal name, as a tree. `constants` are the values of lib/'s constants. */
export function findTests(source, masked, constants) {
  const root = { kind: 'group', name: '', children: [], close: source.length };
  const open = [root];
  for (const call of callsOf(['group', 'test', 'testWidgets'], masked)) {
    while (call.offset > open.at(-1).close) open.pop();
    const parent = open.at(-1);
    const [title = '', ...rest] = argumentsOf(call, source, masked);
    const name = literal(title);
    if (name === undefined || parent.kind === 'test') continue;
    const entry = {
      kind: call.name === 'group' ? 'group' : 'test',
      name: [parent.name, name].filter((part) => part !== '').join(' '),
      children: [],
      close: call.close,
      place: position(source, call.offset),
      skip: rest
        .map((part) => /^skip:\s*(.*)$/s.exec(part)?.[1])
        .find((value) => value !== undefined && value !== 'false'),
    };
    if (entry.kind === 'test') Object.assign(entry, outcomeOf(call, source, masked, constants));
    parent.children.push(entry);
    open.push(entry);
  }
  return root;
}

export function countTests(entry) {
  return entry.kind === 'test' ? 1 : entry.children.reduce((sum, child) => sum + countTests(child), 0);
}

/** What the test prints, and the first thing in it that is sure to fail. */
function outcomeOf(call, source, masked, constants) {
  const body = masked.slice(0, call.close);
  const inside = (names) => callsOf(names, body).filter(({ offset }) => offset > call.open);
  const printed = inside(['print']).flatMap((print) => literal(argumentsOf(print, source, masked)[0] ?? '') ?? []);
  const failures = [
    ...inside(['fail'])
      .filter(({ offset }) => isCertain(body, call, offset))
      .map((fail) => ({
        offset: fail.offset,
        error: String(literal(argumentsOf(fail, source, masked)[0] ?? '') ?? 'fail'),
        isFailure: true,
      })),
    ...inside(['expect']).flatMap((expect) => wrongExpectation(expect, source, masked, constants)),
    ...[...body.matchAll(/\bthrow\s+([^;]+);/g)]
      .filter(({ index }) => index > call.open && isCertain(body, call, index))
      .map((match) => ({
        offset: match.index,
        error: source.slice(match.index + 6, match.index + match[0].length - 1),
        isFailure: false,
      })),
  ].sort((one, other) => one.offset - other.offset);
  const [failure] = failures;
  return { printed, failure: failure && { ...failure, place: position(source, failure.offset) } };
}

/** Whether a statement is the test's own, not one of a closure, a branch or a loop that may never run. */
function isCertain(body, call, offset) {
  const before = body.slice(call.open + 1, offset);
  const depth = (open, close) => before.split(open).length - before.split(close).length;
  return depth('{', '}') === 1 && depth('(', ')') === 0 && /[{;}]\s*$/.test(before);
}

function wrongExpectation(expect, source, masked, constants) {
  const [actual, wanted] = argumentsOf(expect, source, masked).map((text) => literal(text) ?? constants.get(text));
  if (actual === undefined || wanted === undefined || actual === wanted) return [];
  const shown = (value) => (typeof value === 'string' ? `'${value}'` : `<${value}>`);
  return [
    { offset: expect.offset, error: `Expected: ${shown(wanted)}\n  Actual: ${shown(actual)}\n`, isFailure: true },
  ];
}

/** Top-level constants of Dart files whose value is a literal. */
export function constantsOf(sources) {
  const found = new Map();
  for (const source of sources) {
    for (const [, name, text] of source.matchAll(/^(?:const|final)\s+(?:\w+\s+)?(\w+)\s*=\s*([^;\n]+);/gm)) {
      const value = literal(text.trim());
      if (value !== undefined) found.set(name, value);
    }
  }
  return found;
}
