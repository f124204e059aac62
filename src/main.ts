#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { isQuickPush } from './cli/quick-push.ts';
import { compiledModule } from './io/compiled-module.ts';
import { readHookInput } from './io/hook-input.ts';

declare const BUILD: string;

const argv = process.argv.slice(2);
const [command = '', hook, ...given] = argv;
if (command === 'hook' && hook === 'pre-push' && isQuickPush(given, readHookInput())) process.exit(0);
const use = command === 'hook' ? `hook-${hook}` : command;
const { exports, keep } = compiledModule<typeof import('./cli/commands.ts')>(
  fileURLToPath(new URL('./commands.js', import.meta.url)),
  BUILD,
  /^[a-z][a-z-]*$/.test(use) ? use : 'other',
);
exports.run(argv, readHookInput).then((status) => {
  // Help is no sign of what the next run will need.
  if (status === 0 && !argv.includes('--help')) keep();
  process.exit(status);
});
