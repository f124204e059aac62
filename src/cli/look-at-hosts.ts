import { refuseIfAny } from '../core/problem.ts';
import type { HostFacts } from '../deploy/facts.ts';
import { look } from '../deploy/look.ts';
import { cloneRefusals } from '../deploy/refusals.ts';
import type { Context } from './command.ts';
import type { NamedEnvironment } from './environment.ts';
import { openHost } from './open-host.ts';

/** Facts of every host of an environment, for commands that only tell. @throws Problem when one has no clone to read */
export async function lookAtHosts({ signal }: Context, { config }: NamedEnvironment): Promise<readonly HostFacts[]> {
  return Promise.all(
    config.hosts.map(async (written) => {
      const host = await openHost(written, config.ssh, process.env);
      try {
        const facts = await look(host, config, 'status', signal);
        // Files edited on the host are no reason to tell nothing.
        refuseIfAny(cloneRefusals(facts, config.path).filter(({ code }) => code !== 'host-dirty'));
        return facts;
      } finally {
        await host.close();
      }
    }),
  );
}
