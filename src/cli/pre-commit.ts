import { join } from 'node:path';
import { loadConfig } from '../config/load.ts';
import { EXIT, type ExitCode } from '../core/problem.ts';
import { keepUsedShims } from '../hooks/install/shims.ts';
import { checkStaged } from '../hooks/staged/check-staged.ts';
import type { StagedPorts } from '../hooks/staged/ports.ts';
import { diskFiles } from '../io/files.ts';
import { writeHook } from '../io/hook-file.ts';
import { isAlive, ownProcess } from '../io/processes.ts';
import type { Context } from './command.ts';
import { stagedPorts } from './staged-ports.ts';

/** Judges what is staged, before git commits it. */
export async function preCommit(context: Context): Promise<ExitCode> {
  const ports = await stagedPorts(context);
  const { checks } = await loadConfig(diskFiles, ports.root);
  const verdict = await checkStaged(ports, checks, { own: ownProcess(), isAlive });
  await tidyShims(ports);
  for (const path of verdict.formatted) ports.report({ type: 'note', text: `  formatted ${path}` });
  for (const path of verdict.untouched) {
    ports.report({
      type: 'note',
      text: `  ! ${path} is committed formatted; its unstaged changes were in the way and stay`,
    });
  }
  if (context.json) context.terminal.out(`${JSON.stringify({ outcome: 'passed', ...verdict })}\n`);
  return EXIT.done;
}

/** Every `npm install` lets husky make all its shims again. */
async function tidyShims({ git, root }: StagedPorts): Promise<void> {
  const { stdout } = await git.try(['config', '--get', 'core.hooksPath']);
  const husky = /^((?:.*\/)?\.husky)\/_\/?\n$/.exec(stdout.replaceAll('\\', '/'))?.[1];
  if (husky !== undefined) await keepUsedShims(diskFiles, writeHook, join(root, husky));
}
