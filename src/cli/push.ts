import { resolve } from 'node:path';
import { EXIT, type ExitCode, Problem } from '../core/problem.ts';
import { withoutPassword } from '../core/without-password.ts';
import { checkPush } from '../hooks/push/check-push.ts';
import { knownTips } from '../hooks/push/known-tips.ts';
import type { PushedRef } from '../hooks/push/pushed-ref.ts';
import { expectedRefs } from '../hooks/push/refspecs.ts';
import { currentBranch, defaultRemote, pushTarget } from '../hooks/push/target.ts';
import { updatedRefs } from '../hooks/push/updated-refs.ts';
import type { Git } from '../io/ports.ts';
import { openChecks } from './checks-workshop.ts';
import type { CommandModule, Context } from './command.ts';

interface PushOptions {
  readonly setUpstream?: boolean;
  readonly forceWithLease?: boolean;
  readonly dryRun?: boolean;
}

export const declare: CommandModule['declare'] = (command, finish) => {
  command
    .argument('[remote]', 'where to; as git push would choose when it is not named')
    .argument('[refspecs...]', 'what, as git push takes it; the branch that is checked out when nothing is named')
    .option('-u, --set-upstream', 'as git push has it')
    .option('--force-with-lease', 'as git push has it')
    .option('--dry-run', 'judge it and push nothing')
    .action((remote: string | undefined, refspecs: string[], options: PushOptions) =>
      finish((context) => push(remote, refspecs, options, context)),
    );
};

/** Judges a push before git opens a connection: a host hangs up on one that is silent for minutes. */
async function push(
  named: string | undefined,
  refspecs: readonly string[],
  { setUpstream, forceWithLease, dryRun }: PushOptions,
  context: Context,
): Promise<ExitCode> {
  const { ports } = await openChecks(context);
  const { git } = ports;
  const remote = named ?? (await defaultRemote(git, await currentBranch(git)));
  if (remote === undefined) throw noRemote();
  const { urls } = await pushTarget(git, remote);
  // Gates may take minutes, and git would find a mistyped name after them.
  const isAddress = /[/:\\]/.test(remote) || (await ports.files.exists(resolve(context.cwd, remote)));
  if (urls[0] === remote && !isAddress) throw unknownRemote(remote);
  const judged: (readonly PushedRef[])[] = [];
  for (const url of urls) {
    const tips = await knownTips(ports, { remote, url });
    const there = await expectedRefs(git, refspecs, tips);
    await checkPush(ports, { remote, url, refs: there, tips });
    judged.push(there);
    refuseIfMoved(judged[0] ?? there, await expectedRefs(git, refspecs, tips));
  }
  const [refs = []] = judged;
  const shown = withoutPassword(remote);
  const told = refs.map(({ remoteRef, localId }) => ({ ref: remoteRef, id: localId ?? null }));
  const document = { remote: shown, refs: told };
  if (dryRun) {
    if (context.json) context.terminal.out(`${JSON.stringify({ outcome: 'planned', ...document })}\n`);
    context.terminal.err(`would push to ${shown}: ${refs.map(({ remoteRef }) => remoteRef).join(', ')}\n`);
    return EXIT.done;
  }
  const flags = [...(setUpstream ? ['--set-upstream'] : []), ...(forceWithLease ? ['--force-with-lease'] : [])];
  await carryOut(git, [...flags, '--', remote, ...(refspecs.length > 0 ? refspecs : branchOf(refs))], context);
  if (context.json) context.terminal.out(`${JSON.stringify({ outcome: 'pushed', ...document })}\n`);
  return EXIT.done;
}

/** Without refspecs the branch is named, so that git pushes what was judged and nothing that `push.default` adds. */
const branchOf = (refs: readonly PushedRef[]) => refs.map(({ localRef, remoteRef }) => `${localRef}:${remoteRef}`);

async function carryOut(git: Git, args: readonly string[], { terminal }: Context): Promise<void> {
  const said: string[] = [];
  const onLine = (line: string) => {
    said.push(line);
    terminal.err(`${withoutPassword(line.trimEnd())}\n`);
  };
  const answer = await git.try(['push', ...args], { onLine, env: { GIT_TERMINAL_PROMPT: '1' } });
  if (answer.exitCode === 0) return;
  const published = updatedRefs(said);
  const what = `git push ended with status ${answer.exitCode}`;
  throw new Problem({
    code: 'push-failed',
    what: published.length === 0 ? what : `${what}, after it had pushed ${published.join(', ')}`,
    why: 'what git says stands above',
    fix: 'mend what git names (where the remote has more: git fetch, and merge it), then run the same command again',
    ...(published.length === 0 ? { exit: EXIT.refused } : { exit: EXIT.resumable, published }),
  });
}

function refuseIfMoved(before: readonly PushedRef[], after: readonly PushedRef[]): void {
  const moved = before.filter((ref, index) => ref.localId !== after[index]?.localId);
  if (moved.length === 0) return;
  throw new Problem({
    code: 'moved-meanwhile',
    what: `${moved.map(({ localRef }) => localRef).join(', ')} moved while the gates ran; nothing was pushed`,
    fix: 'run the same command again',
    exit: EXIT.refused,
  });
}

function unknownRemote(remote: string): Problem {
  return new Problem({
    code: 'no-remote',
    what: `there is no remote ${remote}`,
    fix: 'git remote -v shows those that there are; then: tagship push NAME',
    exit: EXIT.usage,
  });
}

function noRemote(): Problem {
  return new Problem({
    code: 'no-remote',
    what: 'there is no remote to push to, or several and none that git would choose',
    fix: 'name it: tagship push NAME (git remote add origin URL makes one)',
    exit: EXIT.usage,
  });
}
