import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { EXIT, type ExitCode, Problem } from '../core/problem.ts';
import { shellQuote } from '../core/shell-quote.ts';
import { openGit } from '../io/git.ts';
import { writeHook } from '../io/hook-file.ts';
import type { Context } from './command.ts';

const MARKER = '# written by: tagship hook post-receive --install';

/** Makes the bare repository in `cwd` deploy what is pushed to it. @throws Problem `not-bare` or `hook-taken` */
export async function installPostReceive({ cwd, terminal, json }: Context): Promise<ExitCode> {
  const git = openGit(cwd, process.env);
  const bare = await git.try(['rev-parse', '--is-bare-repository']);
  if (bare.stdout.trim() !== 'true') {
    throw new Problem({
      code: 'not-bare',
      what: `${cwd} is not a bare repository`,
      why: 'tags are pushed to the repository that everybody shares; the hook belongs there',
      fix: 'tagship -C /path/to/app.git hook post-receive --install',
      exit: EXIT.usage,
    });
  }
  const hook = resolve(cwd, (await git.run(['rev-parse', '--git-path', 'hooks/post-receive'])).trim());
  const command = `${shellQuote(process.execPath)} ${shellQuote(realpathSync(process.argv[1] ?? ''))} hook post-receive`;
  if (!(await writeHook(hook, `#!/bin/sh\n${MARKER}\nexec ${command}\n`, MARKER))) {
    throw new Problem({
      code: 'hook-taken',
      what: `there is another hook in ${hook}`,
      fix: `add this line to it, where it has not read its standard input: ${command}`,
      exit: EXIT.refused,
    });
  }
  if (json) terminal.out(`${JSON.stringify({ outcome: 'installed', hook })}\n`);
  terminal.err(`${hook} deploys the release tags that are pushed here\n`);
  return EXIT.done;
}
