import type { AnsibleEvent, AnsibleResult } from '../infra/events.ts';
import { liveReport } from './live-report.ts';
import type { Terminal } from './terminal.ts';

interface RoleUnderWay {
  readonly role: string;
  readonly began: number;
  tasks: number;
  changed: number;
}

/** Shows a run as it goes: a line for each role and host when it is done; what failed, and in a dry run every difference. */
export function followServers(terminal: Terminal, dryRun: boolean): (event: AnsibleEvent) => void {
  const report = liveReport(terminal);
  const underWay = new Map<string, RoleUnderWay>();
  const conclude = (host: string) => {
    const done = underWay.get(host);
    if (done === undefined) return;
    underWay.delete(host);
    const title = `${host}  ${done.role}: ${done.changed === 0 ? 'nothing to change' : `${done.changed} of ${done.tasks} ${dryRun ? 'would change' : 'changed'}`}`;
    report({ type: 'step-done', step: done.role, title, milliseconds: performance.now() - done.began });
  };
  return (event) => {
    if (event.event === 'summary' || event.event === 'play') for (const host of [...underWay.keys()]) conclude(host);
    if (event.event !== 'result') return;
    const { host, role, task, status } = event;
    const current = underWay.get(host);
    if (role !== null && current?.role !== role) {
      conclude(host);
      underWay.set(host, { role, began: performance.now(), tasks: 0, changed: 0 });
    }
    count(underWay.get(host), event);
    report({ type: 'progress', step: task, text: `${host}  ${role ?? ''}: ${task}` });
    if (status === 'failed' || status === 'unreachable') {
      underWay.delete(host);
      report({
        type: 'step-failed',
        step: task,
        title: `${host}  ${role ?? 'playbook'}: ${task}`,
        what: event.message ?? status,
      });
    }
    if (dryRun && event.diff)
      for (const line of event.diff.trimEnd().split('\n')) report({ type: 'output', step: task, line });
  };
}

function count(role: RoleUnderWay | undefined, { status }: AnsibleResult): void {
  if (role === undefined || status === 'skipped') return;
  role.tasks += 1;
  if (status === 'changed') role.changed += 1;
}
