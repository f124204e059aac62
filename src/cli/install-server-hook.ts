import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { EXIT, type ExitCode, Problem } from '../core/problem.ts';
import { shellQuote } from '../core/shell-quote.ts';
import { openGit } from '../io/git.ts';
import { writeHook } from '../io/hook-file.ts';
import type { Context } from './command.ts';
import { nameHead, unbornHead } from './config-of-main.ts';

/** What each hook does, as the user is told once it is there. */
const DOES = {
  'pre-receive': 'refuses what the policy forbids, and pushed credentials',
  'post-receive': 'deploys the release tags that are pushed here',
} as const;

/** The list is kept in a file, so that what follows finds it where it looks for it. What is received is over and done with. */
function sharedLine(name: keyof typeof DOES, command: string): string {
  const judged = name === 'pre-receive' ? ' || { rm -f "$list"; exit 1; }' : '';
  return `list=$(mktemp) && cat >"$list" && ${command} <"$list"${judged}; exec <"$list"; rm -f "$list"`;
}

/** Writes a hook into the bare repository in `cwd`. @throws Problem `not-bare` or `hook-taken` */
export async function installServerHook({ cwd, terminal, json }: Context, name: keyof typeof DOES): Promise<ExitCode> {
  const git = openGit(cwd, process.env);
  const bare = await git.try(['rev-parse', '--is-bare-repository']);
  if (bare.stdout.trim() !== 'true') {
    throw new Problem({
      code: 'not-bare',
      what: `${cwd} is not a bare repository`,
      why: 'branches and tags are pushed to the repository that everybody shares; the hook belongs there',
      fix: `tagship -C /path/to/app.git hook ${name} --install`,
      exit: EXIT.usage,
    });
  }
  const marker = `# written by: tagship hook ${name} --install`;
  const hook = resolve(cwd, (await git.run(['rev-parse', '--git-path', `hooks/${name}`])).trim());
  const command = `${shellQuote(process.execPath)} ${shellQuote(realpathSync(process.argv[1] ?? ''))} hook ${name}`;
  if (!(await writeHook(hook, `#!/bin/sh\n${marker}\nexec ${command}\n`, marker))) {
    throw new Problem({
      code: 'hook-taken',
      what: `there is another hook in ${hook}`,
      why: 'git tells it what is pushed once only, on standard input: whoever reads that leaves nothing for the others',
      fix: `where it is a shell script, begin it with this line, by which both are told: ${sharedLine(name, command)}`,
      exit: EXIT.refused,
    });
  }
  if (json) terminal.out(`${JSON.stringify({ outcome: 'installed', hook })}\n`);
  terminal.err(`${hook} ${DOES[name]}\n`);
  const unborn = name === 'pre-receive' ? await unbornHead(git) : undefined;
  // A repository that waits for its first push has this name already, most often.
  if (unborn !== undefined && unborn !== 'refs/heads/main') terminal.err(`  ! ${nameHead(unborn)}\n`);
  return EXIT.done;
}
