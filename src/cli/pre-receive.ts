import { EXIT, type ExitCode } from '../core/problem.ts';
import { type CheckReceivePorts, checkReceive } from '../hooks/push/check-receive.ts';
import { type PushedRef, parsePreReceive } from '../hooks/push/pushed-ref.ts';
import { openGit } from '../io/git.ts';
import { versionReader } from '../release/version-at.ts';
import type { Context } from './command.ts';
import { configsOfMain } from './config-of-main.ts';
import { inputLost } from './input-lost.ts';
import { liveReport } from './live-report.ts';
import { scanSecrets } from './scan-secrets.ts';

/**
 * Judges a push that the server has received and not taken yet. The environment names the quarantine that the new
 * objects wait in, so it is passed on to git as it is.
 * @param input what git gave on standard input; undefined when it was lost on the way
 */
export async function preReceive(context: Context, input: string | undefined): Promise<ExitCode> {
  if (input === undefined) {
    throw inputLost('on the server, let hooks/pre-receive give its own standard input to tagship');
  }
  const refs = parsePreReceive(input);
  if (refs.length > 0) await judge(context, refs);
  if (context.json) context.terminal.out(`${JSON.stringify({ outcome: 'passed' })}\n`);
  return EXIT.done;
}

async function judge(context: Context, refs: readonly PushedRef[]): Promise<void> {
  // Who may push any ref may push refs/replace/… too, and would have another commit looked at than the one that is pushed.
  const git = openGit(context.cwd, { ...process.env, GIT_NO_REPLACE_OBJECTS: '1' });
  const configs = await configsOfMain(git, (text) => context.terminal.err(`  ! ${text}\n`));
  const versionsAt = versionReader(git);
  const ports: CheckReceivePorts = {
    git,
    versionsAt: (commit, { release }, name) => versionsAt(commit, release, name),
    scanSecrets: scanSecrets(git, context.cwd, liveReport(context.terminal)),
  };
  for (const config of configs) await checkReceive(ports, refs, config);
}
