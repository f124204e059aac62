import { parseHost } from '../config/host-address.ts';
import type { EnvironmentConfig } from '../config/schema.ts';
import type { Host } from '../io/ports.ts';
import type { Context } from './command.ts';
import type { EnvironmentHost } from './environment.ts';
import { sshQuestions } from './ssh-questions.ts';

/**
 * Opens a host of an environment as the configuration writes it: `local`, or over SSH.
 * @throws Problem when it cannot be reached or is not the machine we know
 */
export async function openHost(
  context: Pick<Context, 'terminal' | 'signal'>,
  { written, identity }: EnvironmentHost,
  ssh: EnvironmentConfig['ssh'],
): Promise<Host> {
  const { env: environment } = process;
  const address = parseHost(written);
  if (address === undefined) throw new TypeError(`the configuration let a wrong host through: ${written}`);
  if (address.kind === 'local') {
    const { openLocalHost } = await import('../io/local-host.ts');
    return openLocalHost(environment);
  }
  // ssh2 is loaded where SSH is meant: a tagship on the Pi itself does without.
  const [{ openSshHost }, { routeTo }] = await Promise.all([import('../io/ssh-host.ts'), import('../io/ssh-hop.ts')]);
  const route = await routeTo(address, { ...ssh, identity: ssh.identity ?? identity }, environment);
  return openSshHost(written, route, { questions: sshQuestions(context), environment });
}
