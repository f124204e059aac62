import type { EnvironmentConfig } from '../config/schema.ts';
import { EXIT, Problem } from '../core/problem.ts';
import type { Host } from '../io/ports.ts';
import { appCommand } from './app-command.ts';
import type { HostFacts } from './facts.ts';

/** Services that were named for the hosts of an environment. */
export interface NamedServices {
  readonly services: readonly string[];
  readonly environment: string;
  readonly tagFormat: string;
}

/**
 * Compose is asked only where no container of a service was seen, and what it cannot answer it says itself when it is
 * called.
 * @throws Problem `no-such-service`, naming those there are
 */
export async function refuseUnknownService(
  host: Host,
  facts: HostFacts,
  config: EnvironmentConfig,
  { services, environment, tagFormat }: NamedServices,
  signal?: AbortSignal,
): Promise<void> {
  const seen = facts.containers.map(({ service }) => service);
  const unseen = services.filter((service) => !seen.includes(service));
  // Where containers cannot be seen, one of a profile that is not enabled here may be among them.
  if (unseen.length === 0 || facts.containersError !== undefined) return;
  const script = appCommand(facts, config, ['config', '--services'], tagFormat);
  const { exitCode, stdout } = await host.run(script, signal === undefined ? {} : { signal });
  const known = stdout.split('\n').filter((line) => line !== '');
  const unknown = unseen.filter((service) => !known.includes(service));
  if (exitCode !== 0 || known.length === 0 || unknown.length === 0) return;
  throw new Problem({
    code: 'no-such-service',
    what: `no such service: ${unknown.join(', ')}`,
    why: `Compose on ${host.name} knows ${known.join(', ')}`,
    fix: `tagship status ${environment}`,
    exit: EXIT.refused,
  });
}
