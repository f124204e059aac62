import { type ExitCode, type Problem, refuseIfAny } from '../core/problem.ts';
import type { HostFacts } from '../deploy/facts.ts';
import { lookAtHealth } from '../deploy/look-health.ts';
import { cloneRefusals } from '../deploy/refusals.ts';
import { problemsOf } from './all-hosts.ts';
import type { Context } from './command.ts';
import type { EnvironmentHost, NamedEnvironment } from './environment.ts';
import { lookInTime } from './look-in-time.ts';
import { openHost } from './open-host.ts';
import { renderFailure } from './render.ts';
import { worstExit } from './worst-exit.ts';

/** A host that could not be looked at; the others are told all the same. */
export interface UnseenHost {
  /** As tagship.yaml writes it. */
  readonly host: string;
  readonly verdict: 'unreachable';
  readonly problems: readonly Problem[];
}

export interface Seen {
  readonly facts: readonly HostFacts[];
  readonly unseen: readonly UnseenHost[];
  /** Done when every host was seen. */
  readonly exit: ExitCode;
}

/**
 * Facts of every host of an environment, for commands that only tell. Hosts that cannot be seen are told on the way.
 * @throws Problem, Refusals when none can be seen
 */
export async function lookAtHosts(
  context: Context,
  environment: NamedEnvironment,
  purpose: 'status' | 'history',
): Promise<Seen> {
  const looks = await Promise.all(environment.hosts.map((host) => lookAtHost(context, host, environment, purpose)));
  const facts = looks.flatMap((one) => ('problems' in one ? [] : [one]));
  const unseen = looks.flatMap((one) => ('problems' in one ? [one] : []));
  const problems = unseen.flatMap((one) => one.problems);
  if (facts.length === 0) refuseIfAny(problems);
  for (const problem of problems) context.terminal.err(renderFailure(problem, context.terminal));
  return { facts, unseen, exit: worstExit(problems.map(({ exit }) => exit)) };
}

async function lookAtHost(
  context: Context,
  one: EnvironmentHost,
  { config, tagFormat }: NamedEnvironment,
  purpose: 'status' | 'history',
): Promise<HostFacts | UnseenHost> {
  try {
    const host = await openHost(context, one, config.ssh);
    try {
      const facts = await lookInTime(host, config, purpose, context.signal);
      refuseIfAny(cloneRefusals(facts, config.path));
      return purpose === 'status' ? await lookAtHealth(host, facts, config, tagFormat, context.signal) : facts;
    } finally {
      await host.close();
    }
  } catch (error) {
    const problems = problemsOf(error);
    if (problems.length === 0) throw error;
    return { host: one.written, verdict: 'unreachable', problems };
  }
}
