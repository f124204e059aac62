#!/usr/bin/env node
// Writes docs/demo-capture.txt, the demo as it runs here, and brings what README.md quotes of it up to date.
//
//   capture.js [FILE]     FILE: a capture made before, in place of a new run
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const at = (path) => new URL(`../../${path}`, import.meta.url);
const [file] = process.argv.slice(2);
const capture = file === undefined ? runDemo() : readFileSync(file, 'utf8');
const readme = readFileSync(at('README.md'), 'utf8');
writeFileSync(at('docs/demo-capture.txt'), capture);
writeFileSync(
  at('README.md'),
  readme.replace(/(?<=```text\n).*?(?=```)/s, (quoted) => quoteAnew(quoted, capture)),
);

function runDemo() {
  const { status, stdout } = spawnSync('sh', ['-c', 'npm run demo 2>&1'], { cwd: at('.'), encoding: 'utf8' });
  if (status !== 0) throw new Error(stdout);
  return `$ npm run demo\n${stdout.replace(/ +$/gm, '').replace(/\n{3,}/g, '\n\n')}`;
}

/** Each quoted line becomes the next one of the capture that says the same but for times, ports and the like. */
function quoteAnew(quoted, text) {
  const lines = text.split('\n');
  let from = 0;
  return quoted
    .split('\n')
    .map((line) => {
      if (line === '' || line === '…') return line;
      const found = lines.findIndex((candidate, index) => index >= from && shape(candidate) === shape(line));
      if (found < 0) throw new Error(`the demo no longer says: ${line}`);
      from = found + 1;
      return lines[found];
    })
    .join('\n');
}

function shape(line) {
  return line
    .replace(/tagship-demo-\w+/g, 'ID')
    .replace(/127\.0\.0\.1:\d+/g, 'ADDRESS')
    .replace(/\d+(\.\d+)? s\b/g, 'TIME')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d/, 'WHEN')
    .replace(/\w+@[\w.-]+$/, 'WHO')
    .replace(/ +/g, ' ');
}
