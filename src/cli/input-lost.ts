import { EXIT, Problem } from '../core/problem.ts';

/** Git gives its hooks what is pushed on standard input. @param fix how it gets to tagship */
export function inputLost(fix: string): Problem {
  return new Problem({
    code: 'input-lost',
    what: 'the list of what is pushed did not reach the hook, so nothing could be judged',
    why: 'git gives it on standard input, and something that runs before this hook has taken it or closed it',
    fix,
    exit: EXIT.refused,
  });
}
