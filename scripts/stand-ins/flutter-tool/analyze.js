// `flutter analyze`: finds broken syntax, imports of files that are not there, and print calls in lib/.
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { misbehave } from './behaviour.js';
import { parseOptions, ToolExit } from './command-line.js';
import { callsOf, maskSource, position } from './dart-source.js';
import { dartFiles, openProject } from './project.js';
import { getPackages } from './pub-get.js';

const OPTIONS = {
  pub: 'flag',
  'fatal-infos': 'flag',
  'fatal-warnings': 'flag',
  preamble: 'flag',
  congratulate: 'flag',
};

export async function analyze(args, behaviour) {
  const { options, rest } = parseOptions(args, OPTIONS);
  const project = openProject();
  if (behaviour.tool === 'flutter' && options.pub !== false)
    await getPackages(behaviour, (text) => process.stdout.write(text));
  if (options.preamble !== false) process.stdout.write(`Analyzing ${basename(process.cwd())}...\n`);
  const start = Date.now();
  await misbehave(behaviour.told.analyze, behaviour.delay);
  const paths = rest.length > 0 ? rest : ['lib', 'test'].flatMap((folder) => dartFiles(folder));
  const issues = paths.flatMap((path) => issuesOf(path, project.name));
  if (behaviour.told.analyze === 'fail') issues.push(TOLD_TO_FAIL);
  const time = `(ran in ${((Date.now() - start) / 1000).toFixed(1)}s)`;
  if (issues.length === 0) {
    if (options.congratulate !== false) process.stdout.write(`No issues found! ${time}\n`);
    return 0;
  }
  process.stdout.write(`\n${issues.map(render).join('')}\n`);
  const message = `${issues.length} ${issues.length === 1 ? 'issue' : 'issues'} found. ${time}`;
  throw new ToolExit(message, issues.some((issue) => isFatal(issue, options, behaviour.tool)) ? 1 : 0);
}

const TOLD_TO_FAIL = {
  severity: 'error',
  message: 'The stand-in was told to fail',
  path: 'pubspec.yaml',
  line: 1,
  column: 1,
  code: 'stand_in',
};

/** Broken syntax below a folder; such files cannot be compiled either. */
export function syntaxIssues(folder) {
  return dartFiles(folder).flatMap((path) => {
    const source = readFileSync(path, 'utf8');
    return maskSource(source).issues.map((issue) => located('error', path, source, issue));
  });
}

function issuesOf(path, packageName) {
  const source = readFileSync(path, 'utf8');
  const { masked, issues } = maskSource(source);
  if (issues.length > 0) return issues.map((issue) => located('error', path, source, issue));
  return [
    ...missingImports(path, source, packageName).map((issue) => located('error', path, source, issue)),
    ...unguardedPrints(path, masked)
      .map(({ offset }) => ({ offset, message: "Don't invoke 'print' in production code", code: 'avoid_print' }))
      .filter((issue) => !isIgnored(source, issue))
      .map((issue) => located('info', path, source, issue)),
  ];
}

/** Whether a comment in its line, alone in the one before or for the whole file lets it pass. */
function isIgnored(source, { offset, code }) {
  const lines = source.split('\n');
  const { line } = position(source, offset);
  const inFile = lines.flatMap((text) => namedAfter(/^\s*\/\/\s*ignore_for_file:(.*)/, text));
  const before = namedAfter(/^\s*\/\/\s*ignore:(.*)/, lines[line - 2] ?? '');
  const beside = namedAfter(/\/\/\s*ignore:(.*)/, lines[line - 1]);
  return [...inFile, ...before, ...beside].includes(code);
}

function namedAfter(comment, text) {
  return (comment.exec(text)?.[1] ?? '').split(',').map((code) => code.trim());
}

/** The real lint lets a print pass that only runs in a debug build. */
function unguardedPrints(path, masked) {
  if (!path.startsWith('lib')) return [];
  const guard = /if\s*\(\s*kDebugMode\s*\)\s*(\{[^{}]*)?$/;
  return callsOf(['print'], masked).filter(({ offset }) => !guard.test(masked.slice(0, offset)));
}

function missingImports(path, source, packageName) {
  const own = `package:${packageName}/`;
  return [...source.matchAll(/^(?:import|export|part)\s+(['"])([^'"]+)\1/gm)].flatMap(({ 0: text, 2: uri, index }) => {
    const relative = !/^\w+:/.test(uri);
    if (!relative && !uri.startsWith(own)) return [];
    const file = relative ? join(dirname(path), uri) : join('lib', uri.slice(own.length));
    if (existsSync(file)) return [];
    const offset = index + text.length - uri.length - 2;
    return [{ offset, message: `Target of URI doesn't exist: '${uri}'.`, code: 'uri_does_not_exist' }];
  });
}

function located(severity, path, source, { offset, message, code }) {
  return { severity, message, path, code, ...position(source, offset) };
}

function render({ severity, message, path, line, column, code }) {
  return `${severity.padStart(7)} • ${message} • ${path}:${line}:${column} • ${code}\n`;
}

/** `dart analyze` lets infos pass unless it is told otherwise, `flutter analyze` does not. */
function isFatal({ severity }, options, tool) {
  const told = options[`fatal-${severity}s`];
  return severity === 'error' || (told ?? (severity !== 'info' || tool === 'flutter'));
}
