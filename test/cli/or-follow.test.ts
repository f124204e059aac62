import { expect, it } from 'vitest';
import { type Followed, orFollow } from '../../src/cli/or-follow.ts';
import { type ExitCode, Problem } from '../../src/core/problem.ts';

const locked = () => new Problem({ code: 'locked', what: 'another is at work', fix: 'tagship deploy x', exit: 7 });
const refused = () => new Problem({ code: 'older', what: 'it is older', fix: 'mend it', exit: 3 });

/** What it comes to when attempts and looks for a run to follow end so, one after the other; the last goes on. */
async function come(attempts: readonly (ExitCode | Problem)[], follows: readonly Followed[]) {
  let [attempted, followed] = [0, 0];
  const last = <T>(list: readonly T[], index: number) => list[Math.min(index, list.length - 1)] as T;
  const attempt = async () => {
    const end = last(attempts, attempted++);
    if (end instanceof Problem) throw end;
    return end;
  };
  const follow = async () => last(follows, followed++);
  const { signal } = new AbortController();
  const end = await orFollow(attempt, follow, signal, 1).catch((problem: Problem) => problem.fix);
  return { end, attempted };
}

it.each([
  ['has ended meanwhile: it is attempted again', [locked(), 0], ['over'], 0, 2],
  ['has ended, and the next is the one: that is followed', [locked()], ['over', 5], 5, 2],
  ['is the one: it is followed', [locked()], [0], 0, 1],
  ['is another: what the attempt said', [locked()], ['another'], 'tagship deploy x', 1],
  ['is always a new one: what the attempt said', [locked()], ['over'], 'tagship deploy x', 5],
  ['is not to be seen, though the lock is held: what the attempt said', [locked()], ['held'], 'tagship deploy x', 1],
  ['is not written down yet: it is followed', [locked()], ['held', 0], 0, 1],
  ['is not to be seen, and then over: it is attempted again', [locked(), 0], ['held', 'over'], 0, 2],
  ['is not what it is refused for', [refused()], ['over'], 'mend it', 1],
] as const)('the run that is in the way %s', async (_, attempts, follows, end, attempted) => {
  expect(await come(attempts, follows)).toEqual({ end, attempted });
});
