import { EXIT, type ExitCode } from '../core/problem.ts';
import { checkPush } from '../hooks/push/check-push.ts';
import { knownTips } from '../hooks/push/known-tips.ts';
import { type PushedRef, parsePrePush } from '../hooks/push/pushed-ref.ts';
import { openChecks } from './checks-workshop.ts';
import type { Context } from './command.ts';
import { inputLost } from './input-lost.ts';

/**
 * Judges a push that git is about to make.
 * @param args name and address of the remote, as git gives them
 * @param input what git gave on standard input; undefined when it was lost on the way
 */
export async function prePush(context: Context, args: readonly string[], input: string | undefined): Promise<ExitCode> {
  if (input === undefined) {
    throw inputLost('let tagship be the first in .husky/pre-push, or give it the same input; then push again');
  }
  const refs = parsePrePush(input);
  const [remote = '', url = remote] = args;
  const verdict = refs.length === 0 ? { ran: [], known: [], commits: 0 } : await judge(context, remote, url, refs);
  if (context.json) context.terminal.out(`${JSON.stringify({ outcome: 'passed', ...verdict })}\n`);
  return EXIT.done;
}

async function judge(context: Context, remote: string, url: string, refs: readonly PushedRef[]) {
  const { ports } = await openChecks(context);
  return checkPush(ports, { remote, url, refs, tips: await knownTips(ports, { remote, url }, refs) });
}
