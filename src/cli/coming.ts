import { EXIT, Problem } from '../core/problem.ts';

/** What the README names as coming, as it is typed. */
export const COMING: readonly string[] = ['doctor <environment>', 'verify', 'watch', 'agent', 'ci', 'dashboard'];

/**
 * Of a command line that was not understood: whether it asks for what is not there yet, which is no mistake of whoever
 * typed it.
 * @param wanted the command
 * @param code commander's, of what was not understood
 */
export function notYet(wanted: string | undefined, code: string): Problem | undefined {
  const typed = wanted === 'doctor' && code === 'commander.excessArguments' ? 'doctor <environment>' : wanted;
  if (typed === undefined || !COMING.includes(typed)) return undefined;
  return new Problem({
    code: 'not-built',
    what: `tagship ${typed} is not built yet`,
    fix: `tagship ${typed === wanted ? '' : `${wanted} `}--help`,
    exit: EXIT.usage,
  });
}
