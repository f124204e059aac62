import { describe, expect, it } from 'vitest';
import { waitForLock } from '../../src/cli/wait-for-lock.ts';
import { type ExitCode, Problem } from '../../src/core/problem.ts';

const locked = () => new Problem({ code: 'locked', what: 'another deployment is at work', fix: 'wait', exit: 7 });

/** Tries what the hosts answer, one after the other, and tells how often that was and what was said. */
async function patiently(answers: readonly (ExitCode | Problem)[], limit = 60_000) {
  let [tries, said] = [0, ''];
  const terminal = {
    out: () => {},
    err: (text: string) => (said += text),
    interactive: false,
    colour: false,
    live: false,
  };
  const context = { cwd: '/', json: false, signal: new AbortController().signal, terminal, version: '0' };
  const attempt = async () => {
    const answer = answers[Math.min(tries, answers.length - 1)] ?? 0;
    tries += 1;
    if (answer instanceof Problem) throw answer;
    return answer;
  };
  const exit = await waitForLock(context, attempt, (code) => code === 7, { limit, between: 1 }).catch(
    (error: Problem) => error.exit,
  );
  return { exit, tries, said };
}

describe('a deployment that nobody would repeat', () => {
  it('waits for another run, and says so once', async () => {
    const { exit, tries, said } = await patiently([locked(), locked(), 7, 0]);
    expect([exit, tries]).toEqual([0, 4]);
    expect(said).toBe('another deployment is at work there: waiting for its end, 1 min at most\n');
  });

  it('waits for nothing else', async () => {
    expect(await patiently([5, 0])).toEqual({ exit: 5, tries: 1, said: '' });
  });

  it('gives up in the end', async () => {
    expect((await patiently([locked()], 20)).exit).toBe(7);
  });
});
