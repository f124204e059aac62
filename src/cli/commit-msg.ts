import { relative, resolve } from 'node:path';
import { loadConfig } from '../config/load.ts';
import { EXIT, type ExitCode, Problem } from '../core/problem.ts';
import { checkMessage } from '../hooks/message/check-message.ts';
import { systemClock } from '../io/clock.ts';
import { diskFiles } from '../io/files.ts';
import { openGit } from '../io/git.ts';
import { locateRepository } from '../io/repository.ts';
import { parseCommits } from '../release/commits.ts';
import type { Context } from './command.ts';

/** Judges the message of the commit that git is about to make. @param args the file that holds it, as git gives it */
export async function commitMsg(context: Context, [path]: readonly string[]): Promise<ExitCode> {
  if (path === undefined) throw noFile('the file that holds the message was not named');
  const git = openGit(context.cwd, process.env);
  const { root } = await locateRepository(git);
  const { checks } = await loadConfig(diskFiles, root);
  const ports = { git, files: diskFiles, environment: process.env, clock: systemClock, parse };
  if (checks.message !== false) {
    const file = resolve(context.cwd, path);
    if (!(await diskFiles.exists(file))) throw noFile(`there is no ${path} to read the message from`);
    // git starts hooks at the root, and tells where it was called itself.
    const shown = relative(resolve(context.cwd, process.env.GIT_PREFIX ?? ''), file);
    await checkMessage(ports, checks.message, file, shown);
  }
  if (context.json) context.terminal.out(`${JSON.stringify({ outcome: 'passed' })}\n`);
  return EXIT.done;
}

/** As a release will read it. */
const parse = (message: string) => parseCommits([{ hash: '', message }])[0] ?? {};

function noFile(what: string): Problem {
  const fix = 'tagship hook commit-msg .git/COMMIT_EDITMSG';
  return new Problem({ code: 'usage', what, fix, exit: EXIT.usage });
}
