import { dirname } from 'node:path/posix';
import type { EnvironmentConfig } from '../config/schema.ts';
import { EXIT, Problem } from '../core/problem.ts';
import type { Host } from '../io/ports.ts';
import { type HostFacts, parseFacts } from './facts.ts';
import { lookScript } from './journal-readers.ts';

/** `deploy` asks origin for its tags; the others do without: `push` deploys what is sent from here. */
export type LookPurpose = 'deploy' | 'push' | 'rollback' | 'status' | 'history';

/**
 * Gathers the facts of a host in one round trip; changes nothing.
 * @throws Problem `look-failed` when the host cannot run the script to its end
 */
export async function look(
  host: Host,
  environment: EnvironmentConfig,
  purpose: LookPurpose,
  signal?: AbortSignal,
): Promise<HostFacts> {
  const folder = dirname(environment.compose[0] ?? '');
  const args = [purpose, environment.path, folder];
  const abortable = signal === undefined ? {} : { signal };
  const result = await host.run(lookScript, { args, ...abortable });
  const facts = parseFacts(host.name, result.stdout);
  if (facts !== undefined) return facts;
  throw new Problem({
    code: 'look-failed',
    what: `${host.name} could not be looked at`,
    why: result.stderr.trim() || `the script ended with status ${result.exitCode ?? 'none (killed)'}`,
    fix: `log in and see whether a plain sh works there: ssh ${host.name}`,
    exit: EXIT.refused,
  });
}
