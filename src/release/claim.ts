import type { ProcessId } from '../core/journal.ts';
import { EXIT, Problem } from '../core/problem.ts';
import type { JsonLines } from '../io/ports.ts';
import type { Processes } from './journal.ts';

/** Who takes an unfinished release up. Each file is made by one of several that try at once. */
export interface Claim {
  readonly holder: JsonLines<ProcessId>;
  /** Who puts the claim of a dead process away: two that find it dead must not both, the second what the first made. */
  readonly heir: JsonLines<ProcessId>;
}

/**
 * Does something with an unfinished release that no other process may do at the same time. A claim whose process has
 * died counts for nothing.
 * @throws Problem `release-claimed` (exit 7)
 */
export async function claimed<T>(claim: Claim, processes: Processes, work: () => Promise<T>): Promise<T> {
  if (!(await claim.holder.begin(processes.own()))) await inherit(claim, processes);
  try {
    return await work();
  } finally {
    await claim.holder.remove();
  }
}

/** Takes the claim of a process that has died. @throws Problem `release-claimed` */
async function inherit({ holder, heir }: Claim, processes: Processes): Promise<void> {
  const own = processes.own();
  if (!(await heir.begin(own))) {
    await removeDead(heir, processes);
    if (!(await heir.begin(own))) throw alreadyClaimed(undefined);
  }
  try {
    await removeDead(holder, processes);
    if (!(await holder.begin(own))) throw alreadyClaimed(undefined);
  } finally {
    await heir.remove();
  }
}

/** Nothing is removed where nobody is named: whoever comes next may be making it right now. */
async function removeDead(file: JsonLines<ProcessId>, processes: Processes): Promise<void> {
  const [process] = await file.read();
  if (process === undefined) return;
  if (processes.isAlive(process)) throw alreadyClaimed(process);
  await file.remove();
}

function alreadyClaimed(holder: ProcessId | undefined): Problem {
  return new Problem({
    code: 'release-claimed',
    what: `another tagship ${holder === undefined ? '' : `(process ${holder.pid}) `}has taken the release up`,
    fix: 'wait for it, then: tagship release status',
    exit: EXIT.locked,
  });
}
