import { spawnSync } from 'node:child_process';
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/core/events.ts';
import { settle } from '../../src/deploy/act.ts';
import { openRun } from '../../src/deploy/history.ts';
import type { DeployPlan } from '../../src/deploy/plan-shape.ts';
import { askUrl } from '../../src/io/ask-url.ts';
import { eventually } from '../support/eventually.ts';
import { ToyHost, toyStep } from '../support/toy-run.ts';

/** Ends when `go` is there; so the test has it stand where it wants it. */
const WAIT = 'touch begun; while [ ! -e go ]; do sleep 0.1; done';

/** A plan whose change is held; its way back notes that it was there. */
const held = (host: ToyHost, kind: 'prepare' | 'change' = 'change') =>
  host.plan({
    forward: [toyStep('held', kind, WAIT), toyStep('after', 'change', 'touch after')],
    undo: [toyStep('tidy', 'prepare', 'touch tidied')],
    revert: [toyStep('back', 'change', 'echo back >>reverted')],
  });

/** Starts the run and waits until it is held. */
async function begin(host: ToyHost, plan: DeployPlan) {
  const following = host.carryOut(plan);
  await eventually(() => host.has('begun') && host.isWatched(plan), 'the step has begun');
  return { following };
}

/** As the next deployment does it. */
async function settleNow(host: ToyHost, plan: DeployPlan) {
  const events: RunEvent[] = [];
  const report = (event: RunEvent) => events.push(event);
  const result = await settle(plan, host.host, {
    report,
    signal: new AbortController().signal,
    patience: 1_000,
    ask: askUrl,
  });
  return { ...result, events };
}

/** As systemd does it. */
const boot = (host: ToyHost) =>
  spawnSync('sh', [join(host.state, 'settle-open.sh'), 'boot'], { cwd: '/', encoding: 'utf8' });

/** Whether every process of a group has been stopped. */
function isStopped(group: number): boolean {
  const processes = spawnSync('ps', ['-eo', 'pgid=,stat='], { encoding: 'utf8' }).stdout.trim().split('\n');
  const states = processes.map((line) => line.trim().split(/\s+/)).filter(([pgid]) => Number(pgid) === group);
  return states.length > 0 && states.every(([, state]) => /^[TZ]/.test(state ?? ''));
}

/** Kills everything of a run: what a power cut leaves. */
async function cut(host: ToyHost, plan: DeployPlan): Promise<void> {
  const { following } = await begin(host, plan);
  host.killWatcher(plan);
  host.killSession(plan);
  expect((await following).outcome).toBe('interrupted');
}

describe('a run whose runner is killed', () => {
  it('is taken back by its watcher, and whoever follows sees it: the steps, and how it ended', async () => {
    const host = new ToyHost();
    const plan = held(host);
    const { following } = await begin(host, plan);
    host.killSession(plan);
    const { outcome, failed, events } = await following;
    expect([outcome, failed?.id, failed?.endedFromOutside]).toEqual(['rolled_back', 'held', true]);
    expect(events.map(({ type }) => type)).toEqual(['step-started', 'note', 'step-started', 'step-done']);
    expect(host.read('reverted')).toBe('back\n');
    expect(host.history()).toMatchObject([{ outcome: 'rolled_back', interruptedAt: 'held', settledBy: 'watcher' }]);
    expect(host.isFree()).toBe(true);
  });

  it.each([
    ['zero bytes', '\0\0\0\n'],
    ['a line that ends in zero bytes', '{"run":"before","at":"","type":"op\0\0\0'],
  ])(
    'is taken back although there is %s in the journal, as a power cut leaves it, and the next run goes on',
    async (_, torn) => {
      const host = new ToyHost();
      appendFileSync(join(host.state, 'journal.jsonl'), torn);
      const plan = held(host);
      const { following } = await begin(host, plan);
      host.killSession(plan);
      expect((await following).outcome).toBe('rolled_back');
      const next = host.plan({ forward: [toyStep('guard', 'prepare', `guard_last_run ${plan.id}`)] });
      expect((await host.carryOut(next)).outcome).toBe('succeeded');
    },
  );

  it('while its step lives on, is taken back only when that is over', async () => {
    const host = new ToyHost();
    const plan = held(host);
    const { following } = await begin(host, plan);
    process.kill(host.runnerOf(plan), 'SIGKILL');
    await eventually(() => !host.isFree(), 'the step has the lock');
    expect(host.has('reverted')).toBe(false);
    writeFileSync(join(host.folder, 'go'), '');
    expect((await following).outcome).toBe('rolled_back');
    expect([host.read('reverted'), host.has('after')]).toEqual(['back\n', false]);
  });

  it('before it has changed anything, is only tidied up after', async () => {
    const host = new ToyHost();
    const plan = held(host, 'prepare');
    const { following } = await begin(host, plan);
    host.killSession(plan);
    expect((await following).outcome).toBe('failed');
    expect([host.has('tidied'), host.has('reverted')]).toEqual([true, false]);
    expect(host.history()).toMatchObject([{ outcome: 'failed', interruptedAt: 'held' }]);
  });

  it('on its way back, is taken back from the start of that way', async () => {
    const host = new ToyHost();
    const plan = host.plan({
      forward: [toyStep('change', 'change', 'false')],
      revert: [toyStep('back', 'change', 'echo back >>reverted'), toyStep('proof', 'change', WAIT)],
    });
    const { following } = await begin(host, plan);
    host.killSession(plan);
    writeFileSync(join(host.folder, 'go'), '');
    expect((await following).outcome).toBe('rolled_back');
    expect(host.read('reverted')).toBe('back\nback\n');
    expect(host.history()).toMatchObject([{ failedStep: 'change', interruptedAt: 'proof' }]);
  });
});

describe('a run that a power cut ended, watcher and all,', () => {
  it('is taken back at the boot, in the folder and the environment it was started in', async () => {
    const word = "o'clock\n$(false)";
    const host = new ToyHost({ ...process.env, TAGSHIP_TEST_WORD: word });
    const forward = [toyStep('held', 'change', WAIT)];
    const back = toyStep('back', 'change', 'printf %s "$TAGSHIP_TEST_WORD" >reverted; pwd >>reverted');
    const plan = host.plan({ forward, revert: [back] });
    await cut(host, plan);
    const { stdout, status } = boot(host);
    expect(status).toBe(0);
    expect(stdout).toContain('"closed","outcome":"rolled_back"');
    expect(host.read('reverted')).toBe(`${word}${host.folder}\n`);
    expect(host.history()).toMatchObject([{ outcome: 'rolled_back', interruptedAt: 'held', settledBy: 'boot' }]);
    expect(host.has(`state/runs/${plan.id}/environment`)).toBe(false);
    expect(boot(host).stdout).toBe('');
  });

  it('is taken back by the next deployment, which tells only what it does itself', async () => {
    const host = new ToyHost();
    const plan = held(host);
    await cut(host, plan);
    const { outcome, events } = await settleNow(host, plan);
    expect(outcome).toBe('rolled_back');
    expect(events.map((event) => ('step' in event ? `${event.type} ${event.step}` : event.type))).toEqual([
      'note',
      'step-started back',
      'step-done back',
    ]);
    expect(host.history()).toMatchObject([{ settledBy: 'deploy' }]);
  });

  it.each([
    ['', '', ''],
    [', although an earlier power cut left zero bytes in the history', '\0\0\0\n', ''],
    [', although this one left zero bytes behind it', '', '\0\0\0'],
  ])('once it had been recorded, ends as it was recorded%s: nothing is taken back', async (_, before, behind) => {
    const host = new ToyHost();
    const plan = held(host);
    await cut(host, plan);
    const record = { ...plan.details.about, outcome: 'succeeded', startedAt: 's', endedAt: 'e', seconds: 1 };
    appendFileSync(join(host.state, 'history.jsonl'), `${before}${JSON.stringify(record)}\n${behind}`);
    expect((await settleNow(host, plan)).outcome).toBe('succeeded');
    expect(host.has('reverted')).toBe(false);
    expect(host.journal().at(-1)).toMatchObject({ type: 'closed', outcome: 'succeeded' });
  });

  it('once it had been recorded, and its last line in the journal torn, is over for whoever reads the journal', async () => {
    const host = new ToyHost();
    const plan = held(host);
    await cut(host, plan);
    appendFileSync(join(host.state, 'journal.jsonl'), '{"run":"');
    const record = { ...plan.details.about, outcome: 'succeeded', startedAt: 's', endedAt: 'e', seconds: 1 };
    appendFileSync(join(host.state, 'history.jsonl'), `${JSON.stringify(record)}\n`);
    expect((await settleNow(host, plan)).outcome).toBe('succeeded');
    expect(host.journal().at(-1)).toMatchObject({ run: plan.id, type: 'closed', outcome: 'succeeded' });
  });

  it('when only those who follow had not been told, tells them', async () => {
    const host = new ToyHost();
    const plan = host.plan({ forward: [toyStep('one', 'change', 'true')] });
    await host.carryOut(plan);
    const log = `state/runs/${plan.id}/log`;
    writeFileSync(join(host.folder, log), host.read(log).replace(/^= .*"closed".*\n/m, ''));
    expect((await settleNow(host, plan)).outcome).toBe('succeeded');
    expect(host.history()).toHaveLength(1);
  });

  it('in the middle of recording it, is taken back: a torn line is no record', async () => {
    const host = new ToyHost();
    const plan = held(host);
    await cut(host, plan);
    const record = { ...plan.details.about, outcome: 'succeeded', result: { images: [] } };
    appendFileSync(join(host.state, 'history.jsonl'), JSON.stringify(record).slice(0, -1));
    expect((await settleNow(host, plan)).outcome).toBe('rolled_back');
    expect(host.history()).toMatchObject([{ outcome: 'rolled_back' }]);
  });

  it('is left alone once another run has come after it', async () => {
    const host = new ToyHost();
    const plan = held(host);
    await cut(host, plan);
    await host.carryOut(host.plan({ forward: [toyStep('next', 'change', 'true')] }));
    await settleNow(host, plan);
    expect(host.has('reverted')).toBe(false);
  });

  describe('where another run failed after it, before it changed anything,', () => {
    const guard = (host: ToyHost) => host.plan({ forward: [toyStep('guard', 'prepare', 'false')] });
    const openOf = (host: ToyHost) =>
      openRun({ locked: false, lockInfo: undefined, journal: host.journal(), history: host.history() })?.about.run;

    it('is known to be open, and taken back at the boot', async () => {
      const host = new ToyHost();
      const plan = held(host);
      await cut(host, plan);
      expect((await host.carryOut(guard(host))).outcome).toBe('failed');
      expect(openOf(host)).toBe(plan.id);
      expect(boot(host).stdout).toContain('"closed","outcome":"rolled_back"');
      expect(host.read('reverted')).toBe('back\n');
      expect([openOf(host), boot(host).stdout]).toEqual([undefined, '']);
    });

    it('and was cut off as well, is taken back at the same boot', async () => {
      const host = new ToyHost();
      const plan = held(host);
      await cut(host, plan);
      rmSync(join(host.folder, 'begun'));
      await cut(host, held(host, 'prepare'));
      expect(boot(host).stdout).toMatch(/"closed","outcome":"failed".*"closed","outcome":"rolled_back"/s);
      expect([host.read('reverted'), openOf(host)]).toEqual(['back\n', undefined]);
    });

    it('is taken back by its watcher, which the other was quicker than', async () => {
      const host = new ToyHost();
      const plan = held(host);
      const { following } = await begin(host, plan);
      const watcher = Number(host.read(`state/runs/${plan.id}/watcher`));
      process.kill(-watcher, 'SIGSTOP');
      // One that has not come to it yet would get the lock.
      await eventually(() => isStopped(watcher), 'the watcher stands still');
      host.killSession(plan);
      expect((await host.carryOut(guard(host))).outcome).toBe('failed');
      process.kill(-watcher, 'SIGCONT');
      expect((await following).outcome).toBe('rolled_back');
      expect(host.history()).toMatchObject([{ outcome: 'failed' }, { outcome: 'rolled_back', settledBy: 'watcher' }]);
    });
  });

  it('and whose settling is cut off as well, is settled by the next boot', async () => {
    const host = new ToyHost();
    const plan = host.plan({
      forward: [toyStep('held', 'change', WAIT)],
      revert: [toyStep('back', 'change', 'echo back >>reverted; while [ ! -e went ]; do sleep 0.1; done')],
    });
    await cut(host, plan);
    const settling = settleNow(host, plan);
    await eventually(() => host.has('reverted'), 'the way back has begun');
    host.killSession(plan);
    expect((await settling).outcome).toBe('interrupted');
    writeFileSync(join(host.folder, 'went'), '');
    expect(boot(host).stdout).toContain('rolled_back');
    expect(host.read('reverted')).toBe('back\nback\n');
  });
});

it('a way back that fails is tried once more from its start', async () => {
  const host = new ToyHost();
  const { outcome, events } = await host.carryOut(
    host.plan({
      forward: [toyStep('change', 'change', 'false')],
      revert: [
        toyStep('first', 'change', 'echo first >>tried'),
        toyStep('back', 'change', 'echo x >>n; [ "$(wc -l <n)" = 2 ]'),
      ],
    }),
  );
  expect(outcome).toBe('rolled_back');
  expect(host.read('tried')).toBe('first\nfirst\n');
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'output', line: expect.stringContaining('once more') }),
  );
});
