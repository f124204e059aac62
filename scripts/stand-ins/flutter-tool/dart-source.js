// Just enough of Dart to find strings, comments, brackets and calls. Not a parser.

const CLOSING = { '(': ')', '[': ']', '{': '}' };
const LITERAL = /^(?:r?'([^'$\\\n]*)'|r?"([^"$\\\n]*)"|(-?\d+(?:\.\d+)?|true|false|null))$/;

/** The source with comments and the insides of strings blanked out, each character at its place; and what is broken. */
export function maskSource(source) {
  const out = [...source];
  const issues = [];
  const blank = (from, to) => {
    for (let index = from; index < to; index++) if (out[index] !== '\n') out[index] = ' ';
  };
  const token = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|(r?)("""|'''|"|')/g;
  for (let match = token.exec(source); match !== null; match = token.exec(source)) {
    const [text, raw, quote] = match;
    if (quote === undefined) {
      blank(match.index, token.lastIndex);
      continue;
    }
    const start = match.index + text.length;
    const end = stringEnd(source, start, quote, raw === 'r');
    if (end === undefined) {
      issues.push({
        offset: match.index,
        message: 'Unterminated string literal.',
        code: 'unterminated_string_literal',
      });
      blank(start, source.length);
      break;
    }
    blank(start, end);
    token.lastIndex = end + quote.length;
  }
  const masked = out.join('');
  return { masked, issues: [...issues, ...conflictMarkers(masked), ...unbalanced(masked)].slice(0, 1) };
}

/** Where the closing quote begins; undefined when there is none (a plain string ends with its line). */
function stringEnd(source, start, quote, raw) {
  for (let index = start; index < source.length; index++) {
    if (source[index] === '\\' && !raw) index++;
    else if (source.startsWith(quote, index)) return index;
    else if (source[index] === '\n' && quote.length === 1) return undefined;
    else if (source.startsWith('${', index) && !raw) index = closingBracket(source, index + 1) ?? source.length;
  }
  return undefined;
}

/** The index of the bracket that closes the one at `open`. */
function closingBracket(text, open) {
  const awaited = [];
  for (let index = open; index < text.length; index++) {
    if (text[index] in CLOSING) awaited.push(CLOSING[text[index]]);
    else if (text[index] === awaited.at(-1)) awaited.pop();
    if (awaited.length === 0) return index;
  }
  return undefined;
}

function conflictMarkers(masked) {
  const match = /^(?:<{7}|={7}|>{7})(?: |$)/m.exec(masked);
  return match === null
    ? []
    : [{ offset: match.index, message: 'Expected an identifier.', code: 'missing_identifier' }];
}

function unbalanced(masked) {
  const awaited = [];
  for (const { 0: bracket, index } of masked.matchAll(/[()[\]{}]/g)) {
    if (bracket in CLOSING) {
      awaited.push(CLOSING[bracket]);
      continue;
    }
    const wanted = awaited.pop();
    if (wanted === undefined)
      return [{ offset: index, message: `Unexpected text '${bracket}'.`, code: 'unexpected_token' }];
    if (wanted !== bracket) return [expected(wanted, index)];
  }
  return awaited.length === 0 ? [] : [expected(awaited.at(-1), masked.trimEnd().length - 1)];
}

const expected = (bracket, offset) => ({ offset, message: `Expected to find '${bracket}'.`, code: 'expected_token' });

/** Calls of the named functions, in order: where they stand, and where their arguments begin and end. */
export function callsOf(names, masked) {
  return [...masked.matchAll(new RegExp(`(?<![\\w.$])(${names.join('|')})\\s*\\(`, 'g'))].map((match) => {
    const open = match.index + match[0].length - 1;
    return { name: match[1], offset: match.index, open, close: closingBracket(masked, open) ?? masked.length };
  });
}

/** The written arguments of a call, split at its own commas. */
export function argumentsOf(call, source, masked) {
  const parts = [];
  let from = call.open + 1;
  for (let index = from; index <= call.close; index++) {
    if (masked[index] in CLOSING) index = closingBracket(masked, index) ?? call.close;
    if (masked[index] !== ',' && index !== call.close) continue;
    parts.push(source.slice(from, index).trim());
    from = index + 1;
  }
  return parts.filter((part) => part !== '');
}

/** The value of a literal, or undefined for anything else. */
export function literal(text) {
  const [, single, double, other] = LITERAL.exec(text) ?? [];
  return other === undefined ? (single ?? double) : JSON.parse(other);
}

export function position(source, offset) {
  const before = source.slice(0, offset).split('\n');
  return { line: before.length, column: before.at(-1).length + 1 };
}
