import { setTimeout as pause } from 'node:timers/promises';
import type { Report, RunEvent } from '../../core/events.ts';
import { Problem } from '../../core/problem.ts';
import type { Host } from '../../io/ports.ts';
import { carryOut, type RunResult, type Watching, wake } from '../act.ts';
import type { DeployPlan } from '../plan-shape.ts';
import { type Gate, hasGate, isGate, isGo, renewLease, sayWord, type Word } from './gates.ts';

export interface PlannedHost {
  readonly host: Host;
  readonly plan: DeployPlan;
  /** What it has to be sent before its run begins; changes nothing there. */
  readonly send?: (report: Report) => Promise<void>;
  /** Makes and sends the images that its run waits for. */
  readonly deliver?: (report: Report) => Promise<void>;
}

/**
 * How a host's part ended. `not-begun`: it was not wanted any more before it had changed anything; where its run `waited` for
 * us, that was told to let go. `cut-off`: out of reach before it was told to change anything, so that it lets go by itself.
 */
export type HostEnd =
  | { readonly type: 'result'; readonly result: RunResult }
  | { readonly type: 'not-begun'; readonly waited?: true }
  | { readonly type: 'cut-off' }
  | { readonly type: 'thrown'; readonly error: unknown };

/** One host of several, and how far its run is. */
export type Member = ReturnType<typeof member>;

const LET_GO: HostEnd = { type: 'not-begun', waited: true };

/** Milliseconds between two tries to say a word. */
const PAUSE = 1_000;

/** Nothing is done before `begin`. */
export function member({ host, plan, send, deliver }: PlannedHost, watching: Watching) {
  const { signal, patience } = watching;
  const said = new Map<Gate, { readonly word: Word; readonly holds: Promise<string | undefined> }>();
  const [locked, ready, proved] = [milestone(), milestone(), milestone()];
  let at: Gate | undefined;
  let end: HostEnd | undefined;
  let running: Promise<HostEnd> | undefined;
  let awake: Promise<void> | undefined;

  const report = (event: RunEvent) => {
    if (event.type === 'step-started') {
      // Steps run under the lock.
      locked.pass();
      at = isGate(event.step) && hasGate(plan, event.step) ? event.step : undefined;
      if (at === 'images') void delivering();
      if (at === 'hold') ready.pass();
      if (at === 'keep') proved.pass();
    }
    watching.report(event);
  };

  let undelivered: unknown;
  let isDelivered = false;
  const delivering = async () => {
    // A step of the way back has that name, too: it gives names back that a second delivery would take again.
    if (isDelivered) return;
    isDelivered = true;
    try {
      await deliver?.(watching.report);
      await say('images', 'there');
    } catch (error) {
      undelivered = error;
      await say('images', 'no').catch(() => {});
    }
  };

  const run = async (): Promise<HostEnd> => {
    try {
      const result = await carryOut(plan, host, {
        ...watching,
        report,
        locked: locked.pass,
        ...(awake === undefined ? {} : { awake }),
      });
      // What the host says of it is only that we told it no. A Ctrl-C breaks the making of images, too.
      if (undelivered !== undefined && result.failed?.id === 'images' && !signal.aborted)
        return { type: 'thrown', error: undelivered };
      return (await isLetGo(result)) ?? { type: 'result', result };
    } catch (error) {
      return { type: 'thrown', error };
    }
  };

  /** A run that was never told to go on has changed nothing, wherever we lost sight of it. */
  const isLetGo = async ({ outcome, failed }: RunResult): Promise<HostEnd | undefined> => {
    // The last that it passes before it changes anything.
    const gate = hasGate(plan, 'hold') ? 'hold' : 'images';
    const word = said.get(gate);
    if (!hasGate(plan, gate) || isGo(gate, word?.word)) return undefined;
    if (outcome === 'failed') {
      const isTold = isGate(failed?.id ?? '') && said.get(failed?.id as Gate)?.word === 'no';
      return isTold ? LET_GO : undefined;
    }
    if (outcome !== 'detached' && outcome !== 'unknown') return undefined;
    const holds = await (outcome === 'detached' ? say(gate, 'no') : word?.holds);
    return holds === undefined ? { type: 'cut-off' } : LET_GO;
  };

  const begin = () => {
    running ??= run().then((how) => {
      end = how;
      for (const { pass } of [locked, ready, proved]) pass();
      return how;
    });
    return running;
  };

  /**
   * Says a word, the first for its gate, until it has arrived or the host is out of reach for too long.
   * @returns the word that holds there; undefined where that is not known
   */
  const say = (gate: Gate, word: Word): Promise<string | undefined> => {
    const before = said.get(gate);
    if (before !== undefined) return before.holds;
    const isHeard = running !== undefined && end === undefined && hasGate(plan, gate);
    const holds = isHeard ? repeat(gate, word) : Promise.resolve(undefined);
    if (isHeard) said.set(gate, { word, holds });
    return holds;
  };

  const repeat = async (gate: Gate, word: Word): Promise<string | undefined> => {
    const until = performance.now() + patience;
    for (;;) {
      try {
        return await sayWord(host, plan, gate, word);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        if (performance.now() > until || signal.aborted || end !== undefined) return undefined;
        await pause(PAUSE);
      }
    }
  };

  return {
    host,
    /** Each resolves when the run is so far, or has ended. */
    locked: locked.passed,
    ready: ready.passed,
    proved: proved.passed,
    /** Finds out whether it can be reached, and sends what it needs, so that `begin` need not. */
    wake: () => {
      awake ??= wake(host, signal).then(() => send?.(watching.report));
      // Whoever begins is told.
      awake.catch(() => {});
    },
    begin,
    say,
    /** How it ended; undefined before that. */
    end: () => end,
    isBegun: () => running !== undefined,
    /** Whether it succeeded, or needs only to be told that it may keep what it has. */
    isWell: () => (end === undefined ? at === 'keep' : end.type === 'result' && end.result.outcome === 'succeeded'),
    /** Whether it was told to change the host. */
    isGone: () => said.get('hold')?.word === 'go',
    /** Tells the gate where it waits that we are still there. */
    renew: async () => {
      if (at === undefined || said.has(at) || end !== undefined) return;
      await renewLease(host, plan, at).catch(() => {});
    },
  };
}

function milestone() {
  let pass = () => {};
  const passed = new Promise<void>((resolve) => {
    pass = resolve;
  });
  return { passed, pass };
}
