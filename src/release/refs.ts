import type { Probe } from '../core/plan.ts';
import { EXIT, type ExitCode, Problem } from '../core/problem.ts';
import type { Git } from '../io/ports.ts';
import { DURABLY } from './durable.ts';
import type { ReleaseDetails, ReleaseObjects } from './plan-types.ts';

/** A ref's move. `from` is undefined for one that must not exist yet. */
export interface RefMove {
  readonly name: string;
  readonly from: string | undefined;
  readonly to: string;
}

/** The refs a release moves: main, the branches merged back to, the tags, and what is left for later. */
export function releaseMoves(details: ReleaseDetails, objects: ReleaseObjects): readonly RefMove[] {
  const { main, line } = details;
  const pullRequest = details.github?.pullRequest;
  if (pullRequest?.stage === 'proposed') {
    return [{ name: pullRequest.branch.name, from: pullRequest.branch.here, to: objects.release }];
  }
  const mainFrom = main?.here ?? main?.id;
  const mainTo = pullRequest?.mainTip ?? objects.target;
  const back = details.back.flatMap(({ name, id, here }) => {
    const made = objects.back.find((branch) => branch.name === name);
    return made === undefined ? [] : [{ name, from: here ?? id, to: made.id }];
  });
  const waiting = { name: mergeBackBranch(details), from: undefined, to: objects.waiting ?? objects.target };
  return [
    ...(main === undefined ? [{ name: line.name, from: line.here ?? line.id, to: objects.release }] : []),
    ...(main === undefined || mainFrom === mainTo ? [] : [{ name: main.name, from: mainFrom, to: mainTo }]),
    ...back,
    ...(objects.postponed.length > 0 ? [waiting] : []),
    ...objects.tags.map(({ name, id }) => ({ name, from: undefined, to: id })),
  ];
}

/** Under it are the releases whose merge back needs a person. */
export const MERGE_BACK = 'refs/heads/merge-back/';

/** Where such a release waits. */
export const mergeBackBranch = ({ tags: [first] }: Pick<ReleaseDetails, 'tags'>) => `${MERGE_BACK}${first.name}`;

/** What each ref holds now: `absent` its old value, `present` its new one, `conflicting` anything else. */
export async function probeMoves(git: Git, moves: readonly RefMove[]): Promise<ReadonlyMap<RefMove, Probe>> {
  const names = moves.map(({ name }) => name);
  const output = await git.run(['for-each-ref', '--format=%(refname) %(objectname)', ...names]);
  const now = new Map(output.split('\n').map((line) => line.split(' ') as [string, string | undefined]));
  return new Map(
    moves.map((move) => {
      const value = now.get(move.name);
      return [move, value === move.to ? 'present' : value === move.from ? 'absent' : 'conflicting'];
    }),
  );
}

/**
 * Moves refs in one transaction, each only from the value it is known to have; synced to disk before it returns.
 * @throws Problem `refs-refused` when one holds something else, or git cannot; then none has moved.
 */
export async function moveRefs(
  git: Git,
  moves: readonly { name: string; from: string | undefined; to: string | undefined }[],
  reason: string,
  exit: ExitCode = EXIT.refused,
  next = 'tagship release continue (or: tagship release abort)',
): Promise<void> {
  if (moves.length === 0) return;
  const commands = moves.map(({ name, from, to }) => {
    if (to === undefined) return `delete ${name}\0${from ?? ''}\0`;
    return from === undefined ? `create ${name}\0${to}\0` : `update ${name}\0${to}\0${from}\0`;
  });
  const input = ['start\0', ...commands, 'prepare\0', 'commit\0'].join('');
  const answer = await git.try([...DURABLY, 'update-ref', '-m', reason, '-z', '--stdin'], { input });
  if (answer.exitCode === 0) return;
  throw new Problem({
    code: 'refs-refused',
    what: `git did not move the branches${exit === EXIT.refused ? '; nothing has changed' : ''}`,
    why: answer.stderr.trim(),
    fix:
      exit === EXIT.refused
        ? 'mend what git names (a branch that moved meanwhile needs nothing), then the same command again'
        : next,
    exit,
  });
}
