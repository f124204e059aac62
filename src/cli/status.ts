import { followIt } from '../deploy/refusals.ts';
import { settleIt } from '../deploy/settle-it.ts';
import { type HostStatus, statusOf } from '../deploy/status.ts';
import type { CommandModule, Context } from './command.ts';
import { loadEnvironment } from './environment.ts';
import { outcomeWords } from './history.ts';
import { lookAtHosts } from './look-at-hosts.ts';
import { printable } from './render.ts';
import { renderTable, shortTime } from './table.ts';

export const declare: CommandModule['declare'] = (command, finish) => {
  command
    .argument('<environment>', 'as tagship.yaml names it')
    .option('--dry-run', 'nothing else: it only looks')
    .action((name: string) => finish((context) => showStatus(name, context)));
};

async function showStatus(name: string, context: Context) {
  const { terminal, json, cwd } = context;
  const environment = await loadEnvironment(cwd, name);
  const { facts: all, unseen, exit } = await lookAtHosts(context, environment, 'status');
  const hosts = all.map((facts) => statusOf(facts, environment.config, environment.tagFormat));
  const healthy = unseen.length === 0 && hosts.every(({ verdict }) => verdict === 'healthy');
  if (json) terminal.out(`${JSON.stringify({ environment: name, healthy, hosts: [...hosts, ...unseen] })}\n`);
  else terminal.out(hosts.map((status) => renderStatus(name, status)).join('\n'));
  return exit;
}

/** What is told of one host. @param name of its environment */
export function renderStatus(name: string, status: HostStatus): string {
  const lines = [
    `${name} on ${status.host}: ${status.verdict}`,
    `  checked out  ${checkoutWords(status)}`,
    `  deployed     ${deployedWords(status)}`,
    ...(status.health === undefined ? [] : healthWords(status.health).map((words) => `  health       ${words}`)),
    ...(status.last === undefined ? [] : [`  last run     ${lastWords(status.last)}`]),
    ...runWords(name, status),
    ...bootWords(name, status),
    ...status.differences.map((difference) => `  ! ${difference}`),
    ...(status.startAgain === undefined ? [] : [`  next: ${status.startAgain}`]),
    ...status.checkout.edited.map((file) => `  ! edited on the host: ${file}`),
  ];
  const containers = status.containers.map(({ service, state, health, imageName, restarts }) => [
    `  ${service}`,
    health === null ? state : `${state}, ${health}`,
    imageName,
    restarts === 0 ? '' : `${restarts} restarts`,
  ]);
  const table = containers.length === 0 ? '' : renderTable([['  SERVICE', 'STATE', 'IMAGE', ''], ...containers]);
  return `${lines.map(printable).join('\n')}\n${table}`;
}

const short = (commit: string) => commit.slice(0, 10);

function checkoutWords({ checkout: { tag, commit } }: HostStatus): string {
  return tag === undefined ? `commit ${short(commit)}` : `${tag} (${short(commit)})`;
}

function deployedWords({ deployed }: HostStatus): string {
  return deployed === undefined
    ? 'nothing yet'
    : `${deployed.tag}, since ${shortTime(deployed.since)} UTC by ${deployed.who}`;
}

function healthWords({ url, got, wanted, problems }: NonNullable<HostStatus['health']>): readonly string[] {
  if (url === undefined) return problems;
  const answer = got === 0 ? 'no answer' : String(got);
  // A status that is not the wanted one is said by the line of the address already.
  const others = problems.filter((problem) => problem !== `${url}: ${answer}`);
  return [`${url} → ${answer}${got === wanted ? '' : `, wanted ${wanted}`}`, ...others];
}

function lastWords({ kind, tag, endedAt, ...run }: NonNullable<HostStatus['last']>): string {
  const { outcome, failedStep, interruptedAt, previous } = run;
  return `${kind} ${tag}: ${outcomeWords({ outcome, failedStep, interruptedAt, previous })}, ${shortTime(endedAt)} UTC`;
}

function runWords(name: string, { run, silence, deployed }: HostStatus): readonly string[] {
  if (run === undefined) return [];
  const { about, step, list, startedAt } = run;
  const begun = shortTime(startedAt);
  const where =
    step === undefined ? 'at its beginning' : `${list === 'revert' ? 'on the way back, ' : ''}at step ${step}`;
  if (run.state === 'running') {
    return [
      `  → ${about.kind} ${about.tag} by ${about.who} is at work since ${begun} UTC, ${where}`,
      ...(silence === undefined || silence < SILENCE ? [] : [`  ! its runner has not been seen for ${silence} s`]),
      `  next: ${followIt(about)}`,
    ];
  }
  return [
    `  ! ${about.kind} ${about.tag} by ${about.who}, begun ${begun} UTC, was interrupted ${where}`,
    `  next: ${settleIt(name, run, deployed)}`,
  ];
}

/** A runner at work is seen every 5 seconds. */
const SILENCE = 30;

function bootWords(name: string, { settlesAtBoot }: HostStatus): readonly string[] {
  if (settlesAtBoot !== false) return [];
  return [`  power cut    not settled at a boot; to have it so: tagship host prepare ${name}`];
}
