import type { ExitCode } from '../core/problem.ts';
import type { HostFacts } from '../deploy/facts.ts';
import { openRun, releaseStack } from '../deploy/history.ts';
import { followIt } from '../deploy/refusals.ts';
import { settleIt } from '../deploy/settle-it.ts';
import type { CommandModule, Context } from './command.ts';
import { loadEnvironment } from './environment.ts';
import { lookAtHosts } from './look-at-hosts.ts';
import { printable } from './render.ts';
import { shortTime } from './table.ts';

export const declare: CommandModule['declare'] = (command, finish) => {
  command
    .argument('<environment>', 'as tagship.yaml names it')
    .option('--dry-run', 'nothing else: it only explains')
    .action((name: string) => finish((context) => explain(name, context)));
};

/** There is nothing to unlock: the lock is held by processes that are at work, and goes with the last of them. */
async function explain(name: string, context: Context): Promise<ExitCode> {
  const { terminal, json, cwd } = context;
  const environment = await loadEnvironment(cwd, name);
  const { facts, unseen, exit } = await lookAtHosts(context, environment, 'history');
  const hosts = facts.map((one) => ({
    host: one.host,
    locked: one.locked,
    run: openRun(one),
    words: words(one, name),
  }));
  if (json) terminal.out(`${JSON.stringify({ environment: name, hosts: [...hosts, ...unseen] })}\n`);
  else for (const { host, words } of hosts) terminal.out(`${[host, ...words].map(printable).join('\n  ')}\n`);
  return exit;
}

function words(facts: HostFacts, name: string): readonly string[] {
  const run = openRun(facts);
  if (!facts.locked) {
    if (run === undefined) return ['no lock is held'];
    return [
      `no lock is held; the ${run.about.kind} of ${run.about.tag} was interrupted, and blocks nobody`,
      `next: ${settleIt(name, run, releaseStack(facts.history).at(-1))}`,
    ];
  }
  if (run === undefined) {
    return ['the lock is held for an instant, by a run that is beginning or ending', `next: tagship status ${name}`];
  }
  const { about, startedAt } = run;
  return [
    `the ${about.kind} of ${about.tag} by ${about.who}, at work since ${shortTime(startedAt)} UTC, holds the lock`,
    'the lock is held by its processes: it goes with the last of them, whatever ends them, and nobody has to take it away',
    ...(facts.silence === undefined
      ? []
      : [`its runner was seen alive ${facts.silence} s ago; every step of it has a deadline`]),
    `next: ${followIt(about)}`,
  ];
}
