import { EXIT, Problem } from '../core/problem.ts';
import { shellJoin } from '../core/shell-quote.ts';
import type { Container } from './facts.ts';
import { askCompose, type NamedServices } from './named-services.ts';

/**
 * For a command that needs running containers: Compose's own refusal has the status of a bug, and no next command. Only
 * where no container of a service was seen is Compose asked, which finds those that were started from elsewhere, too.
 * @throws Problem `service-not-running`, with the state of its containers
 */
export async function refuseStoppedService(named: NamedServices): Promise<void> {
  const { services, host, facts, environment } = named;
  if (facts.containersError !== undefined) return;
  for (const service of services) {
    const containers = facts.containers.filter((container) => container.service === service);
    if (containers.some(({ state }) => state === 'running')) continue;
    const refuse = (why: string, fix: string) =>
      new Problem({
        code: 'service-not-running',
        what: `service ${service} does not run on ${host.name}`,
        why,
        fix,
        exit: EXIT.refused,
      });
    if (containers.length > 0) {
      throw refuse(containers.map(stateWords).join('\n'), shellJoin(['tagship', 'logs', environment, service]));
    }
    const { exitCode, stdout } = await askCompose(named, 'ps', '--quiet', service);
    if (exitCode === 0 && stdout.trim() === '') {
      throw refuse('it has no container there', shellJoin(['tagship', 'status', environment]));
    }
  }
}

/** States in which the exit code is that of a process that has ended. */
const ENDED: readonly string[] = ['exited', 'restarting', 'dead'];

/** As `docker ps` says it. */
function stateWords({ name, state, exitCode }: Container): string {
  return `container ${name}: ${state}${ENDED.includes(state) ? ` (${exitCode})` : ''}`;
}
