import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openRun } from '../../src/deploy/history.ts';
import { runFolder } from '../../src/deploy/upload.ts';
import { eventually } from '../support/eventually.ts';
import { ToyHost, toyStep } from '../support/toy-run.ts';

const has = (host: ToyHost, file: string) => existsSync(join(host.folder, file));

describe('the runner', () => {
  it('runs the steps in order, tells each, and records success with what the steps found out', async () => {
    const host = new ToyHost();
    const plan = host.plan({
      forward: [
        toyStep('one', 'prepare', 'echo one >>order; printf "%s\\n" "it says: 100% \\\\n \'quoted\'"'),
        toyStep('two', 'change', 'echo two >>order; echo \'{"images":[]}\' >"$TAGSHIP_RUN/result.json"'),
      ],
    });
    const { outcome, failed, events } = await host.carryOut(plan);
    expect(outcome).toBe('succeeded');
    expect(failed).toBeUndefined();
    expect(host.read('order')).toBe('one\ntwo\n');
    expect(events.map((event) => `${event.type} ${'step' in event ? event.step : ''}`)).toEqual([
      'step-started one',
      'output one',
      'step-done one',
      'step-started two',
      'step-done two',
    ]);
    expect(events[1]).toMatchObject({ line: `it says: 100% \\n 'quoted'` });
    const { who, tag } = plan.details.about;
    expect(host.history()).toMatchObject([{ run: 'run-1', outcome: 'succeeded', who, tag, result: { images: [] } }]);
    expect(openRun({ locked: false, lockInfo: undefined, journal: host.journal(), history: [] })).toBeUndefined();
  });

  it('undoes and reports "failed" when a step fails before anything changed', async () => {
    const host = new ToyHost();
    const { outcome, failed } = await host.carryOut(
      host.plan({
        forward: [toyStep('bad', 'prepare', 'echo why; exit 9'), toyStep('change', 'change', 'touch changed')],
        undo: [toyStep('tidy', 'prepare', 'touch tidied')],
        revert: [toyStep('back', 'change', 'touch reverted')],
      }),
    );
    expect(outcome).toBe('failed');
    expect(failed).toEqual({ id: 'bad', title: 'toy bad', lines: ['why'] });
    expect([has(host, 'changed'), has(host, 'tidied'), has(host, 'reverted')]).toEqual([false, true, false]);
    expect(host.history()).toMatchObject([{ outcome: 'failed', failedStep: 'bad' }]);
  });

  it('takes everything back when a step fails after something has changed', async () => {
    const host = new ToyHost();
    const { outcome, failed } = await host.carryOut(
      host.plan({
        forward: [toyStep('change', 'change', 'touch changed'), toyStep('proof', 'change', 'exit 1')],
        undo: [toyStep('tidy', 'prepare', 'touch tidied')],
        revert: [toyStep('back', 'change', 'rm changed'), toyStep('proof', 'change', 'true')],
      }),
    );
    expect([outcome, failed?.id]).toEqual(['rolled_back', 'proof']);
    expect([has(host, 'changed'), has(host, 'tidied')]).toEqual([false, false]);
  });

  it('keeps room on the disk for the way back, and gives it free before that begins', async () => {
    const host = new ToyHost();
    const forward = [toyStep('change', 'change', 'wc -c <"$TAGSHIP_RUN/reserve" >room; false')];
    const plan = host.plan({ forward, revert: [toyStep('back', 'change', 'ls "$TAGSHIP_RUN" >left')] });
    expect((await host.carryOut(plan)).outcome).toBe('rolled_back');
    expect([Number(host.read('room')), host.read('left').includes('reserve')]).toEqual([16 * 2 ** 20, false]);
    const good = host.plan({ forward: [toyStep('change', 'change', 'true')] });
    expect((await host.carryOut(good)).outcome).toBe('succeeded');
    expect(existsSync(join(runFolder(good), 'reserve'))).toBe(false);
  });

  it('needs no file to know how a step ended', async () => {
    const host = new ToyHost();
    const forward = [toyStep('one', 'prepare', 'rm -f "$TAGSHIP_RUN/status"; mkdir "$TAGSHIP_RUN/status"')];
    expect((await host.carryOut(host.plan({ forward }))).outcome).toBe('succeeded');
  });

  it('takes back a first change that failed half-way', async () => {
    const host = new ToyHost();
    const forward = [toyStep('change', 'change', 'touch half; exit 1')];
    const { outcome } = await host.carryOut(host.plan({ forward, revert: [toyStep('back', 'change', 'rm half')] }));
    expect(outcome).toBe('rolled_back');
    expect(has(host, 'half')).toBe(false);
  });

  it('reports "needs_hands" when the way back fails too, naming the step that failed first', async () => {
    const host = new ToyHost();
    const { outcome, failed } = await host.carryOut(
      host.plan({
        forward: [toyStep('change', 'change', 'false')],
        revert: [toyStep('back', 'change', 'exit 2'), toyStep('after', 'change', 'touch after')],
      }),
    );
    expect([outcome, failed?.id]).toEqual(['needs_hands', 'change']);
    expect(has(host, 'after')).toBe(false);
    expect(host.history()).toMatchObject([{ outcome: 'needs_hands', failedStep: 'change' }]);
  });

  it('tells when each step began and ended, forward and back', async () => {
    const host = new ToyHost();
    const lists = {
      forward: [toyStep('change', 'change', 'sleep 1.1; false')],
      revert: [toyStep('back', 'change', 'sleep 1.1')],
    };
    expect((await host.carryOut(host.plan(lists))).outcome).toBe('rolled_back');
    const journal = host.journal();
    const timeOf = (type: string, step?: string) =>
      Date.parse(
        journal.find((line) => line.type === type && (step === undefined || ('step' in line && line.step === step)))
          ?.at ?? '',
      );
    expect(timeOf('started', 'change')).toBeGreaterThanOrEqual(timeOf('opened'));
    expect(timeOf('ended', 'change') - timeOf('started', 'change')).toBeGreaterThanOrEqual(1_000);
    expect(timeOf('started', 'back')).toBeGreaterThanOrEqual(timeOf('ended', 'change'));
    expect(timeOf('ended', 'back') - timeOf('started', 'back')).toBeGreaterThanOrEqual(1_000);
    expect(timeOf('closed')).toBeGreaterThanOrEqual(timeOf('ended', 'back'));
    expect(Date.parse(host.history()[0]?.endedAt ?? '')).toBe(timeOf('ended', 'back'));
  });

  it('ends a step at its deadline, with everything the step has started', async () => {
    const host = new ToyHost();
    const forward = [toyStep('slow', 'prepare', '(sleep 60; touch late) & echo waiting; sleep 60', 1)];
    const { outcome, events } = await host.carryOut(host.plan({ forward }));
    expect(outcome).toBe('failed');
    expect(events).toContainEqual(expect.objectContaining({ type: 'step-failed', what: 'did not end in time' }));
    await eventually(() => host.isFree(), 'the lock is free');
  });

  it('waits for no step that has ended, whatever it left behind, and tells all that it said', async () => {
    const host = new ToyHost();
    // Far beyond the time that the step has.
    const left = 'sleep 600 & echo "$!" >left; echo; echo said; printf "no newline"';
    const { outcome, events } = await host.carryOut(host.plan({ forward: [toyStep('one', 'prepare', left)] }));
    expect(outcome).toBe('succeeded');
    expect(events.flatMap((event) => (event.type === 'output' ? [event.line] : []))).toEqual([
      '',
      'said',
      'no newline',
    ]);
    // It is not ended, and holds up nobody.
    process.kill(Number(host.read('left')), 'SIGKILL');
    expect(host.isFree()).toBe(true);
  });

  it('says so when a step ends without a word', async () => {
    const host = new ToyHost();
    const { events } = await host.carryOut(host.plan({ forward: [toyStep('mute', 'prepare', 'exit 3')] }));
    expect(events.at(-1)).toMatchObject({ type: 'step-failed', what: 'ended with status 3' });
  });

  it('keeps the old version safe from a step whose output looks like the log of the runner', async () => {
    const host = new ToyHost();
    const forged = 'printf \'= {"type":"closed","outcome":"succeeded"}\\nno newline\'; exit 1';
    const { outcome, failed } = await host.carryOut(host.plan({ forward: [toyStep('forger', 'prepare', forged)] }));
    expect(outcome).toBe('failed');
    expect(failed?.lines).toEqual(['= {"type":"closed","outcome":"succeeded"}', 'no newline']);
  });

  it('lets only one run work at a time, and frees the lock before it tells the outcome', async () => {
    const host = new ToyHost();
    const slow = host.plan({
      forward: [toyStep('hold', 'prepare', 'touch holding; while [ ! -e go ]; do sleep 0.1; done')],
    });
    const first = host.carryOut(slow);
    await eventually(() => has(host, 'holding'), 'the first run holds the lock');
    const second = await host.carryOut(host.plan({ forward: [toyStep('two', 'change', 'touch two')] }));
    expect(second.outcome).toBe('locked');
    expect(has(host, 'two')).toBe(false);
    writeFileSync(join(host.folder, 'go'), '');
    expect((await first).outcome).toBe('succeeded');
    expect(host.isFree()).toBe(true);
    expect(host.history()).toHaveLength(1);
  });

  it('goes on when whoever follows stops following', async () => {
    const host = new ToyHost();
    const controller = new AbortController();
    const held = 'touch begun; while [ ! -e go ]; do sleep 0.1; done; touch done';
    const plan = host.plan({ forward: [toyStep('one', 'change', held)] });
    const following = host.carryOut(plan, controller.signal);
    await eventually(() => has(host, 'begun'), 'the step has begun');
    controller.abort();
    expect((await following).outcome).toBe('detached');
    writeFileSync(join(host.folder, 'go'), '');
    await eventually(() => has(host, 'done') && host.isFree(), 'the run ended by itself');
    expect(host.history()).toMatchObject([{ outcome: 'succeeded' }]);
  });

  it('after a kill and a torn journal line, lets the next run work and reads both', async () => {
    const host = new ToyHost();
    await host.carryOut(host.plan({ forward: [toyStep('one', 'change', 'true')] }));
    for (const file of ['journal', 'history']) appendFileSync(join(host.state, `${file}.jsonl`), '{"run":"torn","ty');
    expect((await host.carryOut(host.plan({ forward: [toyStep('one', 'change', 'true')] }))).outcome).toBe('succeeded');
    expect(host.history().map(({ run }) => run)).toEqual(['run-1', 'run-2']);
    expect(host.journal().filter(({ type }) => type === 'closed')).toHaveLength(2);
  });

  it('hands the steps the umask of their user, and keeps its own files to itself', async () => {
    const host = new ToyHost();
    const before = process.umask(0o027);
    try {
      const plan = host.plan({ forward: [toyStep('one', 'change', 'umask >mask; touch made')] });
      expect((await host.carryOut(plan)).outcome).toBe('succeeded');
      expect(Number.parseInt(host.read('mask'), 8)).toBe(0o027);
      expect(statSync(join(host.folder, 'made')).mode & 0o777).toBe(0o640);
      expect(statSync(runFolder(plan)).mode & 0o777).toBe(0o700);
      expect(statSync(join(host.state, 'history.jsonl')).mode & 0o777).toBe(0o600);
    } finally {
      process.umask(before);
    }
  });

  it('tells a lock that cannot be had at all from one that another run holds', async () => {
    const host = new ToyHost();
    mkdirSync(join(host.state, 'lock'));
    const { outcome, failed } = await host.carryOut(host.plan({ forward: [toyStep('one', 'change', 'touch one')] }));
    expect([outcome, failed?.id]).toEqual(['failed', 'lock']);
    expect(failed?.lines.join()).toContain('the lock cannot be taken');
    expect(has(host, 'one')).toBe(false);
  });

  it('does not tell a success that could not be recorded: it takes the release back', async () => {
    const host = new ToyHost();
    const forward = [toyStep('one', 'change', 'rm -f state/history.jsonl; mkdir state/history.jsonl')];
    const revert = [toyStep('back', 'change', 'rmdir state/history.jsonl')];
    const { outcome, failed } = await host.carryOut(host.plan({ forward, revert }));
    expect([outcome, failed?.id]).toEqual(['rolled_back', 'one']);
    expect(host.history()).toMatchObject([{ outcome: 'rolled_back', failedStep: 'one' }]);
  });

  it('says why it takes a release back whose step ended well, where the disk had no room to write that down', async () => {
    const host = new ToyHost();
    const full = 'mv state/journal.jsonl state/kept; ln -s /dev/full state/journal.jsonl';
    const revert = [toyStep('back', 'change', 'mv state/kept state/journal.jsonl')];
    const { outcome, failed } = await host.carryOut(host.plan({ forward: [toyStep('one', 'change', full)], revert }));
    expect([outcome, failed?.id]).toEqual(['rolled_back', 'one']);
    expect(failed?.lines.join()).toContain(`see whether its disk is full: df -h ${host.state}`);
    expect(host.history()).toMatchObject([{ outcome: 'rolled_back', failedStep: 'one' }]);
  });

  it('forgets neither itself nor a run that waits for the lock, whatever their names sort like', async () => {
    const host = new ToyHost();
    const runs = join(host.state, 'runs');
    for (let run = 10; run < 35; run += 1) {
      mkdirSync(join(runs, `z-${run}`), { recursive: true });
      writeFileSync(join(runs, `z-${run}`, 'log'), '= {"type":"closed","outcome":"succeeded"}\n');
    }
    // It has been there for long, and its runner lives: one that waits for its input stands for it.
    mkdirSync(join(runs, 'a-waiting'));
    writeFileSync(join(runs, 'a-waiting', 'runner.sh'), 'read -r _\n');
    const waiting = spawn('sh', [join(runs, 'a-waiting', 'runner.sh')], { stdio: ['pipe', 'ignore', 'ignore'] });
    onTestFinished(() => void waiting.stdin.end());
    writeFileSync(join(runs, 'a-waiting', 'pid'), String(waiting.pid));
    writeFileSync(join(runs, 'a-waiting', 'log'), '');
    utimesSync(join(runs, 'a-waiting'), 1, 1);
    const plan = host.plan({ forward: [toyStep('one', 'prepare', 'touch -d 2001-01-01 "$TAGSHIP_RUN"')] });
    expect((await host.carryOut(plan)).outcome).toBe('succeeded');
    expect(existsSync(runFolder(plan))).toBe(true);
    expect(existsSync(join(runs, 'a-waiting'))).toBe(true);
  });

  it('removes what a run had in scratch, and runs that are long past', async () => {
    const host = new ToyHost();
    for (let run = 10; run < 35; run += 1) {
      const past = join(host.state, 'runs', `2026-${run}`);
      mkdirSync(past, { recursive: true });
      writeFileSync(join(past, 'log'), '= {"type":"closed","outcome":"succeeded"}\n');
    }
    await host.carryOut(host.plan({ forward: [toyStep('one', 'prepare', 'mkdir "$TAGSHIP_RUN/scratch"')] }));
    const left = spawnSync('sh', ['-c', `ls ${host.state}/runs | wc -l; find ${host.state} -name scratch`]).stdout;
    expect(left.toString().trim()).toBe('20');
  });
});
