import type { Host } from '../../io/ports.ts';
import { isCommand } from '../commands.ts';
import wordFunctions from '../host/word.sh';
import type { DeployPlan, HostStep } from '../plan-shape.ts';
import { runFolder } from '../upload.ts';

/**
 * Where a run waits for whoever leads it: for its images, and among several for the others. The word lets it go on; any
 * other takes it back.
 */
const GATES = { images: 'there', hold: 'go', keep: 'keep' } as const;
export type Gate = keyof typeof GATES;
export const isGate = (step: string): step is Gate => Object.hasOwn(GATES, step);
/** `no` ends a run before it has changed anything, `back` one that has. */
export type Word = (typeof GATES)[Gate] | 'no' | 'back';

/** Whether the word lets a run go on from there. */
export const isGo = (gate: Gate, word: Word | undefined) => word === GATES[gate];

/** A lease is renewed this often, in milliseconds, and lasts so long without, in seconds. */
export const RENEWAL = 10_000;
const HOLD_LEASE = 60;
/** Longer than any of the runs that are waited for. */
const LONGEST_WAIT = 24 * 3_600;

export interface GateOptions {
  /** Also wait, proved and unrecorded, until every other host has proved itself. */
  readonly keep: boolean;
  /** How long a lost link is tried again, in milliseconds. */
  readonly patience: number;
}

/** The plan of one of several hosts: everything is prepared, under the lock, before the first of them changes. */
export function withGates(plan: DeployPlan, { keep, patience }: GateOptions): DeployPlan {
  const { forward } = plan.details;
  // Commands of the user's may act on what all of them share.
  const change = forward.findIndex(({ id, kind }) => kind === 'change' || isCommand(id));
  const hold = gate('hold', 'wait until every host is ready', 'prepare', HOLD_LEASE);
  const wait = gate(
    'keep',
    'wait until every host has proved healthy',
    'change',
    HOLD_LEASE + Math.ceil(patience / 1000),
  );
  const gated = [...forward.slice(0, change), hold, ...forward.slice(change)];
  // Last but one: what is recorded as deployed stays.
  if (keep) gated.splice(-1, 0, wait);
  return {
    ...plan,
    steps: gated.map(({ id, title }) => ({ id, title })),
    details: { ...plan.details, forward: gated },
  };
}

/** Has a run wait until its images have been sent. */
export const awaitImages = ['await_images', String(HOLD_LEASE)] as const;

export function hasGate({ details }: DeployPlan, gate: Gate): boolean {
  return details.forward.some(({ id, call: [name] }) => id === gate && GATE_CALLS.includes(name));
}

const GATE_CALLS: readonly string[] = ['wait_for_word', 'await_images'];

function gate(id: Gate, title: string, kind: HostStep['kind'], lease: number): HostStep {
  const call = ['wait_for_word', id, GATES[id], String(lease)] as const;
  return { id, title, seconds: LONGEST_WAIT, kind, release: 'new', call };
}

/**
 * Says the word a gate waits for, now or later.
 * @returns the word that holds: another one where the gate has given us up; undefined where there is no such run
 */
export async function sayWord(host: Host, plan: DeployPlan, gate: Gate, word: Word): Promise<string | undefined> {
  const args = [runFolder(plan), gate, word];
  const { stdout } = await host.run(`${wordFunctions}\ndecide "$@"`, { args });
  return stdout.trim() || undefined;
}

/** Tells a gate that we are still there. */
export async function renewLease(host: Host, plan: DeployPlan, gate: Gate): Promise<void> {
  await host.run(': >"$1"', { args: [`${runFolder(plan)}/${gate}.lease`] });
}
