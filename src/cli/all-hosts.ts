import { Problem, Refusals, refuseIfAny } from '../core/problem.ts';

/**
 * Waits for what is done on every host at once.
 * @throws Problem, Refusals with what all of them are refused for, once every one of them has been heard
 */
export async function fromAllHosts<T>(asked: readonly Promise<T>[]): Promise<readonly T[]> {
  const answers = await Promise.allSettled(asked);
  const reasons = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []));
  const bug = reasons.find((reason) => problemsOf(reason).length === 0);
  if (bug !== undefined) throw bug;
  refuseIfAny(reasons.flatMap(problemsOf));
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
}

/** What the user is to be told; empty for what is no expected failure. */
export function problemsOf(error: unknown): readonly Problem[] {
  return error instanceof Refusals ? error.problems : error instanceof Problem ? [error] : [];
}
