import { settle } from '../deploy/act.ts';
import type { HostFacts } from '../deploy/facts.ts';
import { openRun } from '../deploy/history.ts';
import type { LookPurpose } from '../deploy/look.ts';
import { askUrl } from '../io/ask-url.ts';
import type { Host } from '../io/ports.ts';
import type { Context } from './command.ts';
import type { NamedEnvironment } from './environment.ts';
import { lookInTime } from './look-in-time.ts';
import { renderEvent } from './render.ts';

export interface Settled {
  readonly facts: HostFacts;
  /** The host as it was found, where a run had to be settled first. */
  readonly before?: HostFacts;
}

/**
 * Looks at a host that is to be changed. A run whose runner died, and which nobody on the host has settled, is settled
 * first: what is planned then starts from a release that serves, and not from half of one.
 */
export async function lookSettled(
  host: Host,
  { terminal, signal }: Context,
  { config }: NamedEnvironment,
  purpose: LookPurpose,
): Promise<Settled> {
  const facts = await lookInTime(host, config, purpose, signal);
  const run = openRun(facts);
  if (facts.openPlan === undefined || run?.state !== 'interrupted' || run.about.run !== facts.openPlan.id)
    return { facts };
  const { kind, tag, who } = run.about;
  terminal.err(`the ${kind} of ${tag} by ${who} on ${host.name} was interrupted: that is settled first\n`);
  const report = (event: Parameters<typeof renderEvent>[0]) => terminal.err(renderEvent(event, terminal));
  await settle(facts.openPlan, host, { report, signal, patience: config.ssh.reconnect, ask: askUrl });
  return { facts: await lookInTime(host, config, purpose, signal), before: facts };
}
