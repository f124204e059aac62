import { describe, expect, it } from 'vitest';
import { type AnsibleEvent, parseEvent } from '../../src/infra/events.ts';
import { judgeRun } from '../../src/infra/judge-run.ts';
import { reportServers } from '../../src/infra/server-report.ts';

const result = (
  host: string,
  role: string | null,
  task: string,
  status: string,
  message?: string,
  handler?: boolean,
): AnsibleEvent => {
  const event = parseEvent(JSON.stringify({ event: 'result', host, role, task, status, message, handler }));
  if (event === undefined) throw new Error('no event');
  return event;
};

const END: AnsibleEvent = { event: 'summary', hosts: {} };

const judge = (events: readonly AnsibleEvent[], exitCode: number, { dryRun = false, said = '' } = {}) =>
  judgeRun({ exitCode, events, said }, reportServers(events), {
    dryRun,
    again: 'tagship infra configure -- --limit a',
  });

describe('what came of each server', () => {
  it('is counted by role, without what was skipped', () => {
    const events = [
      result('b', 'common', 'Install', 'changed'),
      result('a', 'common', 'Install', 'ok'),
      result('b', 'common', 'Swap', 'skipped'),
      result('b', 'docker', 'Run', 'ok', 'a note for the user'),
    ];
    expect(reportServers([...events, END])).toMatchObject([
      { host: 'a', outcome: 'configured', changed: 0, roles: [{ role: 'common', tasks: 1, changed: 0 }] },
      {
        host: 'b',
        changed: 1,
        roles: [
          { role: 'common', tasks: 1, changed: 1 },
          { role: 'docker', tasks: 1 },
        ],
        notes: ['a note for the user'],
      },
    ]);
    expect(judge(events, 0)).toBeUndefined();
  });

  it('is a failure only when nothing came after it', () => {
    const rescued = [result('a', 'security', 'Prove', 'failed', 'no'), result('a', 'security', 'Take back', 'ok')];
    expect(reportServers([...rescued, END])).toMatchObject([{ outcome: 'configured', failure: undefined }]);
    expect(reportServers([...rescued.slice(0, 1), END])).toMatchObject([
      { outcome: 'failed', failure: { task: 'Prove', message: 'no' } },
    ]);
  });

  it('is a failure whatever the handlers do after it, and theirs when it is the only one', () => {
    const handled = (status: string) => result('a', 'docker', 'Restart', status, status, true);
    const task = result('a', 'docker', 'Install', 'failed', 'no network');
    for (const status of ['changed', 'failed']) {
      expect(reportServers([task, handled(status), END])).toMatchObject([
        { outcome: 'failed', failure: { task: 'Install' } },
      ]);
    }
    const fine = result('a', 'docker', 'Install', 'ok');
    expect(reportServers([handled('failed'), fine, END])).toMatchObject([
      { outcome: 'failed', failure: { task: 'Restart' } },
    ]);
    expect(reportServers([handled('changed'), fine, END])).toMatchObject([{ outcome: 'configured' }]);
  });
});

describe('how a run is judged', () => {
  const failed = result('a', 'ssl', 'Ask for the certificate', 'failed', 'DNS');

  it('is refused when nothing has changed, and resumable when something has', () => {
    expect(judge([failed], 2)).toMatchObject({ exit: 3, why: 'a at "ssl: Ask for the certificate": DNS' });
    expect(judge([result('a', 'common', 'Install', 'changed'), failed], 2)).toMatchObject({ exit: 4 });
  });

  it('is to be tried by hand where no server was reached', () => {
    const out = (host: string) => result(host, 'common', 'Look for Python', 'unreachable', 'no route');
    expect(judge([out('a'), out('b')], 4)).toMatchObject({
      exit: 3,
      fix: expect.stringMatching(/^log in by hand.*ssh/),
    });
    expect(judge([out('b'), failed], 2)).toMatchObject({ exit: 3, fix: expect.stringMatching(/^mend/) });
  });

  it('is to be begun again with the password of sudo where that asks for one', () => {
    const asked = result('a', 'common', 'Look for Python', 'failed', 'Missing sudo password');
    expect(judge([asked], 2)).toMatchObject({
      exit: 3,
      fix: expect.stringMatching(/: tagship infra configure -- --limit a --ask-become-pass$/),
    });
  });

  it('has changed nothing in a dry run, whatever would have', () => {
    expect(judge([result('a', 'common', 'Install', 'changed'), failed], 2, { dryRun: true })).toMatchObject({
      exit: 3,
      fix: expect.stringContaining(': tagship infra configure -- --limit a ('),
    });
  });

  it('can go on after Ansible was broken off, whatever the task at work has changed', () => {
    const begun = [result('a', 'common', 'Install', 'ok')];
    expect(judge(begun, 99)).toMatchObject({ code: 'ansible-broke-off', exit: 4 });
    expect(reportServers(begun)).toMatchObject([{ host: 'a', outcome: 'unfinished' }]);
    expect(judge(begun, 99, { dryRun: true })).toMatchObject({ code: 'ansible-broke-off', exit: 3 });
  });

  it('is wrong usage when Ansible could not begin, and when no server was meant', () => {
    expect(judge([], 1, { said: 'No inventory was parsed' })).toMatchObject({
      exit: 2,
      why: 'No inventory was parsed',
    });
    expect(judge([], 0)).toMatchObject({ exit: 2 });
  });
});

it('takes nothing for an event that is none', () => {
  for (const line of ['', '[WARNING]: …', '{', '{"event":"else"}', '{"event":"result","host":1}', 'null']) {
    expect(parseEvent(line)).toBeUndefined();
  }
});
