import { EXIT, Problem } from '../core/problem.ts';
import { askCompose, type NamedServices } from './named-services.ts';

/**
 * Compose is asked only where no container of a service was seen, and what it cannot answer it says itself when it is
 * called.
 * @throws Problem `no-such-service`, naming those there are
 */
export async function refuseUnknownService(named: NamedServices): Promise<void> {
  const { services, host, facts, environment } = named;
  const seen = facts.containers.map(({ service }) => service);
  const unseen = services.filter((service) => !seen.includes(service));
  // Where containers cannot be seen, one of a profile that is not enabled here may be among them.
  if (unseen.length === 0 || facts.containersError !== undefined) return;
  const { exitCode, stdout } = await askCompose(named, 'config', '--services');
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
