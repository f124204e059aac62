import type { EnvironmentConfig } from '../config/schema.ts';
import { EXIT, Problem } from '../core/problem.ts';
import { shellQuote } from '../core/shell-quote.ts';
import type { HostFacts } from '../deploy/facts.ts';
import { type LookPurpose, look } from '../deploy/look.ts';
import type { Host } from '../io/ports.ts';

/** Longer than everything that has a time limit of its own on the host takes together; in milliseconds. */
const LIMIT = 180_000;

/**
 * Looks at a host, but not for ever: a disk or an engine that has frozen there must not freeze us as well.
 * @throws Problem `look-timeout`, and whatever `look` throws
 */
export async function lookInTime(
  host: Host,
  environment: EnvironmentConfig,
  purpose: LookPurpose,
  signal: AbortSignal,
  limit = LIMIT,
): Promise<HostFacts> {
  const deadline = AbortSignal.timeout(limit);
  try {
    return await look(host, environment, purpose, AbortSignal.any([signal, deadline]));
  } catch (error) {
    if (!deadline.aborted || error !== deadline.reason) throw error;
    throw new Problem({
      code: 'look-timeout',
      what: `${host.name} did not tell how it is within ${Math.ceil(limit / 1000)} s; nothing has changed`,
      why: 'something there hangs: its disk, git or docker',
      fix: `see what does not answer${host.name === 'local' ? '' : ` on ${host.name}`}: docker ps; git -C ${shellQuote(environment.path)} status`,
      exit: EXIT.refused,
    });
  }
}
