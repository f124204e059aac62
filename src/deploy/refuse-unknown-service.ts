import type { EnvironmentConfig } from '../config/schema.ts';
import { EXIT, Problem } from '../core/problem.ts';
import type { Host } from '../io/ports.ts';
import { appCommand } from './app-command.ts';
import type { HostFacts } from './facts.ts';

/** A service that was named for a host. */
export interface NamedService {
  readonly service: string;
  readonly tagFormat: string;
  /** The same command with another service, to be typed next. */
  readonly commandWith: (service: string) => string;
}

/**
 * Compose is asked only where no container of the service was seen, and what it cannot answer it says itself when it is
 * called.
 * @throws Problem `no-such-service`, naming those there are
 */
export async function refuseUnknownService(
  host: Host,
  facts: HostFacts,
  environment: EnvironmentConfig,
  { service, tagFormat, commandWith }: NamedService,
  signal?: AbortSignal,
): Promise<void> {
  if (facts.containers.some((container) => container.service === service)) return;
  const script = appCommand(facts, environment, ['config', '--services'], tagFormat);
  const { exitCode, stdout } = await host.run(script, signal === undefined ? {} : { signal });
  const services = stdout.split('\n').filter((line) => line !== '');
  const [first] = services;
  if (exitCode !== 0 || first === undefined || services.includes(service)) return;
  throw new Problem({
    code: 'no-such-service',
    what: `no such service: ${service}`,
    // Those of a profile are told where it is enabled.
    why: `Compose on ${host.name} knows ${services.join(', ')}`,
    fix: commandWith(first),
    exit: EXIT.refused,
  });
}
