import { EXIT, Problem } from '../core/problem.ts';
import type { PlaybookOutcome } from './run-ansible.ts';
import type { ServerReport } from './server-report.ts';

/** A new host's key is accepted by who logs in, and by nobody else. */
const REACH = 'log in by hand, by the user and the address of inventory/hosts.yml (ssh pi@192.168.1.100)';

interface Asked {
  readonly dryRun: boolean;
  /** What is typed to ask for the same again. */
  readonly again: string;
  /** What makes an inventory, where there is none yet. */
  readonly firstInventory?: string | undefined;
}

/** What ended a run that did not end well, told with what to do; undefined when every server is as it should be. */
export function judgeRun(
  { exitCode, said }: PlaybookOutcome,
  servers: readonly ServerReport[],
  { dryRun, again, firstInventory }: Asked,
): Problem | undefined {
  const bad = servers.filter(({ outcome }) => outcome === 'failed' || outcome === 'unreachable');
  if (exitCode === 0 && bad.length === 0 && servers.length > 0) return undefined;
  // The task that was at work may have changed something, and never told.
  if (bad.length === 0 && servers.length > 0)
    return new Problem({
      code: 'ansible-broke-off',
      what: exitCode === undefined ? 'Ansible was broken off' : `Ansible broke off (status ${exitCode})`,
      why: said,
      fix: `${again} (what is done already is not done twice)`,
      exit: dryRun ? EXIT.refused : EXIT.resumable,
    });
  if (bad.length === 0) {
    // Ansible did not get as far as a host: the inventory or the arguments are wrong.
    const what = exitCode === 0 ? 'no server is meant' : 'Ansible could not begin';
    return new Problem({
      code: 'ansible-refused',
      what,
      why: said,
      fix: firstInventory ?? `mend what is named, then: ${again}`,
      exit: EXIT.usage,
    });
  }
  const changed = !dryRun && servers.some((server) => server.changed > 0);
  return new Problem({
    code: 'server-not-configured',
    what: `${bad.map(({ host, outcome }) => `${host} ${outcome === 'failed' ? 'is not configured' : 'cannot be reached'}`).join(', ')}${changed ? '' : '; nothing has changed'}`,
    why: bad.map(failureWords).join('\n'),
    fix: nextAfter(bad, again),
    exit: changed ? EXIT.resumable : EXIT.refused,
  });
}

function nextAfter(bad: readonly ServerReport[], again: string): string {
  if (bad.every(({ failure }) => failure?.message === 'Missing sudo password'))
    return `with sudo's password: ${again}${again.includes(' -- ') ? '' : ' --'} --ask-become-pass`;
  const first = bad.every(({ outcome }) => outcome === 'unreachable') ? REACH : 'mend what is named';
  return `${first}, then: ${again} (what is done already is not done twice)`;
}

function failureWords({ host, failure }: ServerReport): string {
  if (failure === undefined) return host;
  const place = failure.role === null ? '' : `${failure.role}: `;
  return `${host} at "${place}${failure.task}": ${failure.message}`;
}
