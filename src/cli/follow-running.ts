import { EXIT, Problem } from '../core/problem.ts';
import { followOn } from '../deploy/act.ts';
import type { RemoteTag } from '../deploy/facts.ts';
import { openRun } from '../deploy/history.ts';
import { runningPlan } from '../deploy/running.ts';
import type { Wanted } from '../deploy/target-deploy.ts';
import { askUrl } from '../io/ask-url.ts';
import type { Host } from '../io/ports.ts';
import type { Context } from './command.ts';
import type { NamedEnvironment } from './environment.ts';
import { exitOfAll, type HostReport, outcomeOfAll, renderNotices, reportOf } from './host-report.ts';
import { lookInTime } from './look-in-time.ts';
import type { Followed } from './or-follow.ts';
import { renderEvent, renderFailure } from './render.ts';
import { runProblem } from './run-problem.ts';

/**
 * Follows the run that is in the way, host after host, where it is the very one that was asked for.
 * @param tagsHere what can be sent, where releases are sent from here
 * @returns the exit status it ended with, or why none was followed
 * @throws Problem `just-ended` where it has ended, and what was asked for would mean something else by now
 */
export async function followRunning(
  context: Context,
  { name, config, tagFormat }: NamedEnvironment,
  wanted: Wanted,
  hosts: readonly Host[],
  tagsHere: readonly RemoteTag[] | undefined,
): Promise<Followed> {
  const { terminal, signal, json } = context;
  const looks = hosts.map(async (host) => {
    const seen = await lookInTime(host, config, tagsHere === undefined ? wanted.kind : 'push', signal);
    return { host, facts: { ...seen, remoteTags: tagsHere ?? seen.remoteTags } };
  });
  const locked = (await Promise.all(looks)).filter(({ facts }) => facts.locked);
  const running = locked.flatMap(({ host, facts }) => {
    const plan = runningPlan(facts, wanted, config, tagFormat);
    return plan === undefined ? [] : [{ host, plan }];
  });
  if (running.length === 0 || running.length < locked.length) {
    if (locked.some(({ facts }) => openRun(facts) !== undefined)) return 'another';
    // For a moment before a run is written down and after its end; by a prune, or a restore by hand, for longer.
    if (locked.length > 0) return 'held';
    if (wanted.kind === 'rollback' && wanted.tag === undefined) throw justEnded(name);
    return 'over';
  }
  const reports: HostReport[] = [];
  for (const { host, plan } of running) {
    const { kind, tag, who } = plan.details.about;
    const what = kind === 'deploy' ? 'deploying' : 'rolling back to';
    terminal.err(`${who} is ${what} ${tag} on ${host.name} already: following that, nothing is started\n`);
    const result = await followOn(plan, host, {
      report: (event) => terminal.err(renderEvent(event, terminal)),
      signal,
      patience: config.ssh.reconnect,
      ask: askUrl,
    });
    const problem = runProblem(plan, result, name);
    if (problem === undefined) terminal.err(`${tag} serves on ${name} (${host.name})\n`);
    else terminal.err(renderFailure(problem, terminal));
    terminal.err(renderNotices(result.notices));
    const exit = problem?.exit ?? EXIT.done;
    reports.push(
      reportOf(plan, { outcome: result.outcome, exit, problem: problem?.toJSON(), notices: result.notices }),
    );
  }
  const exit = exitOfAll(reports);
  if (json)
    terminal.out(`${JSON.stringify({ outcome: outcomeOfAll(reports), exit, followed: true, hosts: reports })}\n`);
  return exit;
}

/** Once more, it would go back to one release further down. */
function justEnded(environment: string): Problem {
  return new Problem({
    code: 'just-ended',
    what: `the run that was at work on ${environment} has just ended; nothing was started`,
    why: 'a rollback that names no release would go back further than was meant',
    fix: `see what serves: tagship status ${environment}`,
    exit: EXIT.locked,
  });
}
