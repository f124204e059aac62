import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../src/core/events.ts';
import { LINK_LOST, Problem } from '../../../src/core/problem.ts';
import { carryOutFleet, type FleetPolicy } from '../../../src/deploy/fleet/carry-out-fleet.ts';
import { withGates } from '../../../src/deploy/fleet/gates.ts';
import type { HostEnd, PlannedHost } from '../../../src/deploy/fleet/member.ts';
import type { HostStep } from '../../../src/deploy/plan-shape.ts';
import type { Host } from '../../../src/io/ports.ts';
import { ToyHost, toyStep } from '../../support/toy-run.ts';

/** A step that is held until the test lets it go. */
const HELD = 'while [ ! -e go ]; do sleep 0.1; done';
const letGo = ({ folder }: ToyHost) => writeFileSync(join(folder, 'go'), '');

const STOP: FleetPolicy = { parallel: 1, batches: [], onFailure: 'stop' };

/** How long a lost link is tried again, in milliseconds. */
const PATIENCE = 1_000;

/** Toy hosts with names of their own and one order of events between them. */
class Fleet {
  readonly toys: Readonly<Record<string, ToyHost>>;
  readonly events: string[] = [];
  readonly stop = new AbortController();

  constructor(...names: readonly string[]) {
    this.toys = Object.fromEntries(names.map((name) => [name, new ToyHost()]));
  }

  toy(name: string): ToyHost {
    const toy = this.toys[name];
    if (toy === undefined) throw new Error(`no host ${name}`);
    return toy;
  }

  /** A plan that prepares, changes and records; the steps that are named fail, or do what they are told instead. */
  planned(name: string, special: { prepare?: string; change?: string } = {}, run?: Host['run']): PlannedHost {
    const toy = this.toy(name);
    const forward: HostStep[] = [
      toyStep('guard', 'prepare', 'true'),
      toyStep('prepare', 'prepare', special.prepare ?? 'true'),
      toyStep('change', 'change', special.change ?? 'touch changed'),
      toyStep('record', 'change', 'true'),
    ];
    const plan = toy.plan({ forward, revert: [toyStep('back', 'change', 'rm -f changed')] });
    return { host: { ...toy.host, ...(run && { run }), name }, plan };
  }

  async carryOut(planned: readonly PlannedHost[], changes: Partial<FleetPolicy> = {}): Promise<readonly string[]> {
    const policy = { ...STOP, ...changes };
    const gated = planned.map(({ host, plan }) => ({
      host,
      plan: withGates(plan, { keep: policy.onFailure === 'revert-all', patience: 0 }),
    }));
    const report = (name: string) => (event: RunEvent) => {
      if ('step' in event && event.type !== 'output') this.events.push(`${name} ${event.step} ${event.type}`);
    };
    const ask = async () => 'nobody is asked';
    const watch = ({ host }: PlannedHost) => ({
      report: report(host.name),
      signal: this.stop.signal,
      patience: PATIENCE,
      ask,
    });
    return (await carryOutFleet(gated, policy, watch, this.stop.signal)).map(wordFor);
  }

  changed(): readonly string[] {
    return Object.keys(this.toys).filter((name) => existsSync(join(this.toy(name).folder, 'changed')));
  }

  /** Steps of one kind of event, in the order they were seen. */
  order(step: string, type = 'step-started'): readonly string[] {
    return this.events.filter((event) => event.endsWith(` ${step} ${type}`)).map((event) => event.split(' ')[0] ?? '');
  }
}

const wordFor = (end: HostEnd) =>
  end.type === 'result' ? end.result.outcome : end.type === 'thrown' ? `thrown: ${end.error}` : end.type;

describe('several hosts', () => {
  it('are all prepared before the first changes, and changed one after the other', async () => {
    const fleet = new Fleet('b', 'a');
    // Locked in the order of their names: while b prepares, a has been taken.
    const prepare = `sleep 0.5; ! flock -n ${fleet.toy('a').state}/lock true`;
    const ends = await fleet.carryOut([fleet.planned('b', { prepare }), fleet.planned('a')]);
    expect(ends).toEqual(['succeeded', 'succeeded']);
    const [firstChange] = fleet.events.flatMap((event, index) => (event.includes(' change ') ? [index] : []));
    expect(fleet.events.slice(0, firstChange).filter((event) => event.endsWith('hold step-started'))).toHaveLength(2);
    // In the order they are configured.
    expect(fleet.order('change')).toEqual(['b', 'a']);
    expect(fleet.events.indexOf('a change step-started')).toBeGreaterThan(fleet.events.indexOf('b change step-done'));
  });

  it('of which one cannot be prepared: nothing changes on any, and the others are let go', async () => {
    const fleet = new Fleet('a', 'b', 'c');
    const planned = [fleet.planned('a'), fleet.planned('b', { prepare: 'exit 1' }), fleet.planned('c')];
    expect(await fleet.carryOut(planned, { parallel: 3 })).toEqual(['not-begun', 'failed', 'not-begun']);
    expect(fleet.changed()).toEqual([]);
    expect(fleet.toy('a').history()).toMatchObject([{ outcome: 'failed', failedStep: 'hold' }]);
  });

  it('of which one cannot be prepared: the others go on where they are told to', async () => {
    const fleet = new Fleet('a', 'b');
    const planned = [fleet.planned('a', { prepare: 'exit 1' }), fleet.planned('b')];
    expect(await fleet.carryOut(planned, { onFailure: 'continue' })).toEqual(['failed', 'succeeded']);
  });

  it('change at the same time up to the limit, batch by batch', async () => {
    const fleet = new Fleet('a', 'b', 'c', 'd');
    const meeting = join(fleet.toy('a').folder, 'met');
    // Each of a pair waits for the other; alone it would not end well.
    const change = `echo here >>${meeting}.$N; for _ in $(seq 300); do [ "$(wc -l <${meeting}.$N)" -lt 2 ] || exit 0; sleep 0.1; done; exit 1`;
    const pair = (name: string, number: number) =>
      fleet.planned(name, { change: change.replaceAll('$N', `${number}`) });
    const planned = [pair('a', 1), pair('b', 1), pair('c', 2), pair('d', 2)];
    const ends = await fleet.carryOut(planned, { parallel: 2, batches: [2] });
    expect(ends).toEqual(Array(4).fill('succeeded'));
    const lastOfFirst = Math.max(...['a', 'b'].map((name) => fleet.events.indexOf(`${name} record step-done`)));
    const firstOfSecond = Math.min(...['c', 'd'].map((name) => fleet.events.indexOf(`${name} change step-started`)));
    expect(firstOfSecond).toBeGreaterThan(lastOfFirst);
  });

  describe('of which the second fails', () => {
    const failing = () => {
      const fleet = new Fleet('a', 'b', 'c');
      const planned = [fleet.planned('a'), fleet.planned('b', { change: 'exit 1' }), fleet.planned('c')];
      return { fleet, planned };
    };

    it('stop: the first keeps the release, the third is not begun', async () => {
      const { fleet, planned } = failing();
      expect(await fleet.carryOut(planned)).toEqual(['succeeded', 'rolled_back', 'not-begun']);
      expect(fleet.changed()).toEqual(['a']);
    });

    it('continue: the others have the release', async () => {
      const { fleet, planned } = failing();
      const ends = await fleet.carryOut(planned, { onFailure: 'continue' });
      expect(ends).toEqual(['succeeded', 'rolled_back', 'succeeded']);
      expect(fleet.changed()).toEqual(['a', 'c']);
    });

    it('revert-all: the first goes back, as its history tells, and the third is not begun', async () => {
      const { fleet, planned } = failing();
      const ends = await fleet.carryOut(planned, { onFailure: 'revert-all' });
      expect(ends).toEqual(['rolled_back', 'rolled_back', 'not-begun']);
      expect(fleet.changed()).toEqual([]);
      expect(fleet.toy('a').history()).toMatchObject([{ outcome: 'rolled_back', failedStep: 'keep' }]);
    });
  });

  it('keep the release once all have proved it, with revert-all', async () => {
    const fleet = new Fleet('a', 'b');
    const planned = [fleet.planned('a'), fleet.planned('b')];
    expect(await fleet.carryOut(planned, { onFailure: 'revert-all' })).toEqual(['succeeded', 'succeeded']);
    expect(fleet.events.indexOf('a record step-started')).toBeGreaterThan(fleet.events.indexOf('b keep step-started'));
  });
});

describe('a host that waits for its images', () => {
  it('is sent them once, and not again where the way back gives their names back', async () => {
    const toy = new ToyHost();
    const images: HostStep = {
      ...toyStep('images', 'prepare', ''),
      call: ['wait_for_word', 'images', 'there', '20'],
    };
    const plan = toy.plan({
      forward: [images, toyStep('change', 'change', 'exit 1')],
      revert: [toyStep('images', 'change', 'true'), toyStep('up', 'change', 'sleep 0.5')],
    });
    let delivered = 0;
    const deliver = async () => {
      delivered += 1;
    };
    const { signal } = new AbortController();
    const watch = () => ({ report: () => {}, signal, patience: 1_000, ask: async () => 'nobody is asked' });
    const ends = await carryOutFleet([{ host: toy.host, plan, deliver }], STOP, watch, signal);
    expect([ends.map(wordFor), delivered]).toEqual([['rolled_back'], 1]);
  });
});

describe('a host at which somebody else is at work', () => {
  it('stops all, whatever the policy, and those after it are not even locked', async () => {
    const fleet = new Fleet('a', 'b', 'c');
    const other = fleet.toy('b');
    const theirs = other.carryOut(other.plan({ forward: [toyStep('work', 'prepare', HELD)] }));
    await expect.poll(() => other.journal().length).toBeGreaterThan(0);
    const planned = ['c', 'b', 'a'].map((name) => fleet.planned(name));
    const ends = await fleet.carryOut(planned, { onFailure: 'continue' });
    letGo(other);
    await theirs;
    expect(ends).toEqual(['not-begun', 'locked', 'not-begun']);
    expect(fleet.order('guard')).toEqual(['a']);
  });
});

describe('whoever leads', () => {
  const gate = (toy: ToyHost, lease: number) => {
    const { plan } = { plan: toy.plan({ forward: [toyStep('change', 'change', 'touch changed')] }) };
    const gated = withGates(plan, { keep: false, patience: 0 });
    const forward = gated.details.forward.map((step) =>
      step.id === 'hold' ? { ...step, call: ['wait_for_word', 'hold', 'go', String(lease)] as const } : step,
    );
    return { ...gated, details: { ...gated.details, forward } };
  };

  it('and is not heard of any more: the host lets go, and nothing has changed', async () => {
    const toy = new ToyHost();
    const { outcome, failed } = await toy.carryOut(gate(toy, 1));
    expect([outcome, failed?.id, failed?.lines]).toEqual([
      'failed',
      'hold',
      ['whoever started this has not been heard of for 1 s'],
    ]);
    expect(existsSync(join(toy.folder, 'changed'))).toBe(false);
  });

  it('interrupts: hosts that wait are let go at once, and one that changes goes on by itself', async () => {
    const fleet = new Fleet('a', 'b');
    const planned = [fleet.planned('a', { change: `${HELD}; touch changed` }), fleet.planned('b')];
    const running = fleet.carryOut(planned);
    await expect.poll(() => fleet.order('change')).toEqual(['a']);
    fleet.stop.abort();
    expect(await running).toEqual(['detached', 'not-begun']);
    letGo(fleet.toy('a'));
    await expect.poll(() => fleet.toy('b').history()).toMatchObject([{ outcome: 'failed', failedStep: 'hold' }]);
    await expect.poll(() => fleet.changed()).toEqual(['a']);
  });

  it('interrupts a deployment of all or none: the host that has the release goes back', async () => {
    const fleet = new Fleet('a', 'b');
    const planned = [fleet.planned('a'), fleet.planned('b', { change: `${HELD}; touch changed` })];
    const running = fleet.carryOut(planned, { onFailure: 'revert-all' });
    await expect.poll(() => fleet.order('change')).toEqual(['a', 'b']);
    fleet.stop.abort();
    await running;
    letGo(fleet.toy('b'));
    for (const name of ['a', 'b']) {
      await expect
        .poll(() => readFileSync(join(fleet.toy(name).state, 'history.jsonl'), 'utf8'))
        .toContain('rolled_back');
    }
    expect(fleet.changed()).toEqual([]);
  });

  it('loses a host that waits: nothing has changed there, and it is told so', async () => {
    const fleet = new Fleet('a', 'b');
    const { host } = fleet.planned('b');
    let cutAt: number | undefined;
    const run: Host['run'] = (script, options) => {
      if (cutAt === undefined) return host.run(script, options);
      // Given up with this try: only now is the other prepared.
      if (performance.now() - cutAt > 1.2 * PATIENCE) letGo(fleet.toy('a'));
      return Promise.reject(new Problem({ code: LINK_LOST, what: 'lost', fix: '', exit: 3 }));
    };
    const cutting: Host['run'] = (script, options = {}) => {
      const link = new AbortController();
      const onLine = (line: string) => {
        options.onLine?.(line);
        if (!line.includes('"step":"hold"')) return;
        cutAt = performance.now();
        link.abort(new Problem({ code: LINK_LOST, what: 'lost', fix: '', exit: 3 }));
      };
      return run(script, { ...options, onLine, signal: link.signal });
    };
    const planned = [fleet.planned('a', { prepare: HELD }), fleet.planned('b', {}, cutting)];
    expect(await fleet.carryOut(planned)).toEqual(['not-begun', 'cut-off']);
    expect(fleet.changed()).toEqual([]);
  });
});
