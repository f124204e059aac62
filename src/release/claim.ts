import type { ProcessId } from '../core/journal.ts';
import { EXIT, Problem } from '../core/problem.ts';
import type { JsonLines } from '../io/ports.ts';
import type { Processes } from './journal.ts';

/** Who takes an unfinished release up. The file is made by one of several that try at once. */
export type Claim = JsonLines<ProcessId>;

/**
 * Does something with an unfinished release that no other process may do at the same time. A claim whose process has
 * died counts for nothing.
 * @throws Problem `release-claimed` (exit 7)
 */
export async function claimed<T>(claim: Claim, processes: Processes, work: () => Promise<T>): Promise<T> {
  const own = processes.own();
  if (!(await claim.begin(own))) {
    const [holder] = await claim.read();
    if (holder !== undefined && processes.isAlive(holder)) throw alreadyClaimed(holder);
    await claim.remove();
    if (!(await claim.begin(own))) throw alreadyClaimed(undefined);
  }
  try {
    return await work();
  } finally {
    await claim.remove();
  }
}

function alreadyClaimed(holder: ProcessId | undefined): Problem {
  return new Problem({
    code: 'release-claimed',
    what: `another tagship ${holder === undefined ? '' : `(process ${holder.pid}) `}has taken the release up`,
    fix: 'wait for it, then: tagship release status',
    exit: EXIT.locked,
  });
}
