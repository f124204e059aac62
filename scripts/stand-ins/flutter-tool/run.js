// One call of a stand-in: says what it is, keeps a log, finds the command and runs it.
import { appendFileSync } from 'node:fs';
import { analyze } from './analyze.js';
import { readBehaviour } from './behaviour.js';
import { buildWeb } from './build-web.js';
import { ToolExit } from './command-line.js';
import { format } from './format.js';
import { pubGet } from './pub-get.js';
import { test } from './test.js';
import { printVersion } from './version.js';

const COMMANDS = {
  '--version': printVersion,
  'pub get': pubGet,
  analyze,
  format,
  test,
  'build web': buildWeb,
};

/** @param {'flutter' | 'dart'} tool @param {readonly string[]} names of the commands that it has */
export async function runTool(tool, names) {
  const title = tool === 'flutter' ? 'Flutter' : 'Dart';
  // On standard error, because with --machine standard output belongs to programs.
  process.stderr.write(`${tool}: this is a stand-in for the ${title} tool, nothing is compiled\n`);
  const variable = `${tool.toUpperCase()}_STAND_IN`;
  writeLog(process.argv.slice(2), process.env[`${variable}_LOG`]);
  // The real tool ends at once when a pipe it writes to is closed.
  process.stdout.on('error', () => process.exit(1));
  process.exitCode = await run(process.argv.slice(2), names, { tool, ...readBehaviour(process.env[variable]) });
}

async function run(argv, names, behaviour) {
  const name = names.find((words) => words.split(' ').every((word, index) => argv[index] === word));
  try {
    if (name === undefined) throw new ToolExit(`Could not find a command named "${argv.join(' ')}".`, 64);
    return await COMMANDS[name](argv.slice(name.split(' ').length), behaviour);
  } catch (error) {
    if (!(error instanceof ToolExit)) throw error;
    if (error.message !== '') process.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
}

function writeLog(argv, file) {
  if (file === undefined) return;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(GIT_|CI$)/.test(name)));
  appendFileSync(file, `${JSON.stringify({ argv, cwd: process.cwd(), env, pid: process.pid })}\n`);
}
