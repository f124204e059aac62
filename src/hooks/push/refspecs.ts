import { EXIT, Problem } from '../../core/problem.ts';
import type { Git } from '../../io/ports.ts';
import type { PushedRef } from './pushed-ref.ts';
import { currentBranch } from './target.ts';

/**
 * What `git push REMOTE REFSPEC…` will most likely push, found out without asking the remote. What git really pushes is
 * judged once more by the hook; here the slow part is done before a connection is opened.
 * @param tips where the remote's branches were when it was asked last, by full name
 * @throws Problem `refspec-unknown`, `refspec-matching`, `nothing-checked-out`
 */
export async function expectedRefs(
  git: Git,
  refspecs: readonly string[],
  tips: ReadonlyMap<string, string>,
): Promise<readonly PushedRef[]> {
  const wanted = refspecs.length > 0 ? refspecs : [await currentRefspec(git)];
  const refs: PushedRef[] = [];
  for (const refspec of wanted) refs.push(await expectedRef(git, refspec, tips));
  return refs;
}

async function expectedRef(git: Git, refspec: string, tips: ReadonlyMap<string, string>): Promise<PushedRef> {
  const [, source = '', target] = /^\+?([^:]*)(?::(.*))?$/.exec(refspec) ?? [];
  if (source === '') {
    if (!target) throw matching(refspec);
    const name = await fullName(git, target, tips);
    return { localRef: '(delete)', localId: undefined, remoteRef: name, remoteId: tips.get(name) };
  }
  const answer = await git.try(['rev-parse', '--verify', '--quiet', '--end-of-options', source]);
  if (answer.exitCode !== 0) {
    throw new Problem({
      code: 'refspec-unknown',
      what: `there is nothing here that ${source} names`,
      fix: 'name a branch or tag of this repository, e.g. tagship push origin feature',
      exit: EXIT.usage,
    });
  }
  const remoteRef = await fullName(git, target || source, tips);
  // As git tells it to its hooks: a branch by its full name, and HEAD as it was typed.
  const localRef = source === 'HEAD' ? source : ((await symbolicName(git, source)) ?? source);
  return { localRef, localId: answer.stdout.trim(), remoteRef, remoteId: tips.get(remoteRef) };
}

/** As git completes a name (git-push(1)): what the remote has, what it is here, else a branch. */
async function fullName(git: Git, name: string, tips: ReadonlyMap<string, string>): Promise<string> {
  if (name.startsWith('refs/')) return name;
  if (name === 'HEAD') return `refs/heads/${(await currentBranch(git)) ?? 'HEAD'}`;
  if (tips.has(`refs/heads/${name}`)) return `refs/heads/${name}`;
  return (await symbolicName(git, name)) ?? `refs/heads/${name}`;
}

/** The full name of a ref that is here. */
async function symbolicName(git: Git, name: string): Promise<string | undefined> {
  const answer = await git.try(['rev-parse', '--verify', '--quiet', '--symbolic-full-name', '--end-of-options', name]);
  const full = answer.stdout.trim();
  return full.startsWith('refs/') ? full : undefined;
}

async function currentRefspec(git: Git): Promise<string> {
  const branch = await currentBranch(git);
  // In full: a tag may have the same name.
  if (branch !== undefined) return `refs/heads/${branch}`;
  throw new Problem({
    code: 'nothing-checked-out',
    what: 'no branch is checked out, so there is none to push',
    fix: 'name the branch: tagship push origin HEAD:refs/heads/NAME',
    exit: EXIT.usage,
  });
}

/** `:` has git push every branch that is on both sides: which those are, only the remote can tell. */
function matching(refspec: string): Problem {
  return new Problem({
    code: 'refspec-matching',
    what: `'${refspec}' names no branch`,
    why: 'git would push every branch that the remote has under the same name, and which those are is not known here',
    fix: 'name each of them: tagship push REMOTE BRANCH BRANCH',
    exit: EXIT.usage,
  });
}
