// `dart format`: blanks at the ends of lines, runs of empty lines, the last newline, and two blanks per bracket.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { misbehave } from './behaviour.js';
import { parseOptions, ToolExit } from './command-line.js';
import { maskSource } from './dart-source.js';
import { dartFiles } from './project.js';

export async function format(args, behaviour) {
  const { rest } = parseOptions(args, { 'line-length': 'value' });
  await misbehave(behaviour.told.format, behaviour.delay);
  if (behaviour.told.format === 'fail') throw new ToolExit('The stand-in was told to fail', 70);
  const paths = rest.flatMap((path) => (statSync(path).isDirectory() ? dartFiles(path) : [path]));
  const broken = paths.filter((path) => !formatFile(path));
  process.stdout.write(`Formatted ${paths.length} files.\n`);
  if (broken.length > 0)
    throw new ToolExit(
      broken.map((path) => `Could not format because the source could not be parsed: ${path}`).join('\n'),
      65,
    );
}

/** Line ends stay as they are. Returns false, and leaves the file alone, when its brackets or strings are broken. */
function formatFile(path) {
  const source = readFileSync(path, 'utf8');
  const { masked, issues } = maskSource(source);
  if (issues.length > 0) return false;
  const end = source.includes('\r\n') ? '\r\n' : '\n';
  const maskedLines = masked.split(/\r?\n/);
  let depth = 0;
  const lines = source.split(/\r?\n/).map((line, index) => {
    const code = maskedLines[index] ?? '';
    const closing = /^\s*[)\]}]+/.exec(code)?.[0].trim().length ?? 0;
    const text = line.trim();
    const indented = text === '' ? '' : `${'  '.repeat(Math.max(0, depth - closing))}${text}`;
    depth += (code.match(/[([{]/g) ?? []).length - (code.match(/[)\]}]/g) ?? []).length;
    return indented;
  });
  const text = `${lines
    .join(end)
    .replace(/^\s+|\s+$/g, '')
    .replace(/(\r?\n){3,}/g, end + end)}${end}`;
  if (text !== source) writeFileSync(path, text);
  return true;
}
