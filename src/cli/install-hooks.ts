import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { EXIT, Problem } from '../core/problem.ts';
import { RECORDED_SDK } from '../hooks/gates/sdk-places.ts';
import { findToolchain } from '../hooks/gates/toolchain.ts';
import { RECORDED_NODE } from '../hooks/install/hook-file.ts';
import { keepUsedShims } from '../hooks/install/shims.ts';
import { diskFiles } from '../io/files.ts';
import { withoutGitVariables } from '../io/git-variables.ts';
import { writeHook } from '../io/hook-file.ts';
import { localPrograms } from '../io/programs.ts';

/** husky is quick; what takes longer waits for something that will not come. */
const TIMEOUT = 30_000;

/** Lets husky install itself, and takes away its shims for hooks that are not there. @throws Problem `husky-failed` */
export async function installHusky(root: string, folder: string): Promise<void> {
  const husky = createRequire(import.meta.url).resolve('husky');
  // Its own switch would keep it from installing; whoever types this wants hooks.
  const { HUSKY: _, ...environment } = withoutGitVariables(process.env);
  const programs = localPrograms(root, environment);
  const result = await programs.run(process.execPath, [join(dirname(husky), 'bin.js'), folder], { timeout: TIMEOUT });
  // husky tells what is wrong on standard output and ends with 0 all the same.
  if (result?.exitCode !== 0 || result.stdout.trim() !== '') {
    throw new Problem({
      code: 'husky-failed',
      what: 'husky could not be installed',
      why: `${result?.stdout ?? ''}${result?.stderr ?? ''}`.trim(),
      fix: 'npm install, then: tagship init',
      // Its caller has written files by then.
      exit: EXIT.resumable,
    });
  }
  await keepUsedShims(diskFiles, writeHook, join(root, folder));
}

/**
 * Keeps the path of the SDK that a terminal finds: a graphical git client has no such PATH.
 * @returns whether there is one to keep
 */
export async function recordSdk(root: string, commonDir: string): Promise<boolean> {
  const { platform } = process;
  const ports = { files: diskFiles, environment: process.env, root, commonDir, platform };
  try {
    const { bin } = await findToolchain(ports, 'dart', undefined, '');
    await diskFiles.replace(join(commonDir, RECORDED_SDK), `${basename(bin) === 'bin' ? dirname(bin) : bin}\n`);
    return true;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

/** The same for the node that runs this. */
export async function recordNode(commonDir: string): Promise<void> {
  await diskFiles.replace(join(commonDir, RECORDED_NODE), `${process.execPath}\n`);
}
