import type { AnsibleEvent, AnsibleResult } from './events.ts';

/** What a role has done on a host, or would do. */
export interface RoleReport {
  readonly role: string;
  readonly tasks: number;
  readonly changed: number;
}

export interface ServerReport {
  readonly host: string;
  /** `unfinished`: it did not fail, but the run was broken off. */
  readonly outcome: 'configured' | 'failed' | 'unreachable' | 'unfinished';
  readonly changed: number;
  readonly roles: readonly RoleReport[];
  /** The task that failed, and what it said. */
  readonly failure: { readonly role: string | null; readonly task: string; readonly message: string } | undefined;
  /** What tasks say to the user: that a restart is needed, that a container gets no swap. */
  readonly notes: readonly string[];
}

/** What came of each host, by name, from the events of one run. */
export function reportServers(events: readonly AnsibleEvent[]): readonly ServerReport[] {
  const isFinished = events.some(({ event }) => event === 'summary');
  const results = events.filter((event) => event.event === 'result');
  const hosts = [...new Set(results.map(({ host }) => host))].sort();
  return hosts.map((host) =>
    reportServer(
      host,
      results.filter((result) => result.host === host),
      isFinished,
    ),
  );
}

function reportServer(host: string, results: readonly AnsibleResult[], isFinished: boolean): ServerReport {
  // The last task: a failure that a rescue made good of is followed by tasks that are none. A handler fails because of one.
  const tasks = results.filter(({ handler }) => !handler);
  const failed = [tasks.at(-1), ...results.filter(({ handler }) => handler)].find(
    (result) => result?.status === 'failed' || result?.status === 'unreachable',
  );
  const roles = [...new Set(results.map(({ role }) => role))].filter((role) => role !== null);
  return {
    host,
    outcome: outcomeOf(failed, isFinished),
    changed: results.filter(({ status }) => status === 'changed').length,
    roles: roles.map((role) =>
      reportRole(
        role,
        results.filter((result) => result.role === role),
      ),
    ),
    failure: failed && { role: failed.role, task: failed.task, message: failed.message ?? '' },
    notes: results.flatMap(({ status, message }) => (status === 'ok' && message ? [message] : [])),
  };
}

function outcomeOf(failed: AnsibleResult | undefined, isFinished: boolean): ServerReport['outcome'] {
  if (failed !== undefined) return failed.status === 'unreachable' ? 'unreachable' : 'failed';
  return isFinished ? 'configured' : 'unfinished';
}

function reportRole(role: string, results: readonly AnsibleResult[]): RoleReport {
  const done = results.filter(({ status }) => status !== 'skipped');
  return { role, tasks: done.length, changed: done.filter(({ status }) => status === 'changed').length };
}
