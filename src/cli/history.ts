import { allRuns, type RunEntry } from '../deploy/all-runs.ts';
import { nameOf } from '../deploy/run.ts';
import type { CommandModule, Context } from './command.ts';
import { loadEnvironment } from './environment.ts';
import { lookAtHosts } from './look-at-hosts.ts';
import { renderTable, shortTime } from './table.ts';

export const declare: CommandModule['declare'] = (command, finish) => {
  command
    .argument('<environment>', 'as tagship.yaml names it')
    .option('--dry-run', 'nothing else: it only looks')
    .action((name: string) => finish((context) => showHistory(name, context)));
};

async function showHistory(name: string, context: Context) {
  const { terminal, json, cwd } = context;
  const environment = await loadEnvironment(cwd, name);
  const { facts: all, unseen, exit } = await lookAtHosts(context, environment, 'history');
  const hosts = all.map((facts) => ({ host: facts.host, runs: allRuns(facts) }));
  if (json) {
    terminal.out(`${JSON.stringify({ environment: name, hosts: [...hosts, ...unseen] })}\n`);
    return exit;
  }
  for (const { host, runs } of hosts) {
    if (hosts.length + unseen.length > 1) terminal.out(`${host}\n`);
    terminal.out(
      runs.length === 0 ? `nothing was ever deployed to ${name}\n` : renderTable([HEADING, ...runs.map(row)]),
    );
  }
  return exit;
}

const HEADING = ['WHEN (UTC)', 'WHAT', 'RELEASE', 'OUTCOME', 'TOOK', 'WHO'];

function row({ startedAt, kind, tag, seconds, who, from, ...run }: RunEntry): readonly string[] {
  return [
    shortTime(startedAt),
    kind,
    tag,
    outcomeWords(run),
    seconds === undefined ? '' : `${seconds} s`,
    from === undefined ? who : `${who} from ${from}`,
  ];
}

export function outcomeWords({
  outcome,
  failedStep,
  interruptedAt,
  previous,
  wayBack,
}: Pick<RunEntry, 'outcome' | 'failedStep' | 'previous'> & {
  readonly interruptedAt?: string | undefined;
  readonly wayBack?: RunEntry['wayBack'];
}): string {
  const interrupted = interruptedAt === undefined ? '' : ` (interrupted at ${interruptedAt})`;
  const how = wayBack === undefined ? '' : ' by its images, without git';
  const at = failedStep === undefined ? interrupted : ` (${failedStep} failed)`;
  switch (outcome) {
    case 'succeeded':
    case 'interrupted':
      return outcome;
    case 'running':
      return 'at work';
    case 'failed':
      // Another host failed, or whoever led them all has left.
      return failedStep === 'hold' ? 'let go before any change' : `failed before any change${at}`;
    case 'rolled_back':
      if (previous.serving) return `rolled back to ${nameOf(previous)}${how}${at}`;
      return previous.stopped ? `rolled back to ${nameOf(previous)}, stopped as before${at}` : `taken down${at}`;
    case 'needs_hands':
      return `failed, and so did the way back${at}`;
  }
}
