import type { Watching } from '../act.ts';
import { type BatchSize, cutIntoBatches } from './batches.ts';
import { RENEWAL } from './gates.ts';
import { type HostEnd, type Member, member, type PlannedHost } from './member.ts';
import { someAtATime } from './some-at-a-time.ts';

export interface FleetPolicy {
  /** How many hosts change at the same time, inside a batch. */
  readonly parallel: number;
  readonly batches: readonly BatchSize[];
  /** What becomes of the others when one host fails. `revert-all`: none keeps what not all have proved. */
  readonly onFailure: 'stop' | 'continue' | 'revert-all';
}

/**
 * Carries out the plans of several hosts, made by `withGates`, or the plain plan of one. Every host is locked, in the order
 * of their names so that two of us cannot take each other's halves, and prepared before the first one changes. An abort
 * ends the watching; hosts that wait are told to let go.
 * @returns how it ended, host by host, in the order they were given
 */
export async function carryOutFleet(
  planned: readonly PlannedHost[],
  policy: FleetPolicy,
  watch: (one: PlannedHost) => Watching,
  signal: AbortSignal,
): Promise<readonly HostEnd[]> {
  const members = planned.map((one) => member(one, watch(one)));
  const renewing = setInterval(() => void Promise.all(members.map(({ renew }) => renew())), RENEWAL);
  const abort = () => void takeBack(members);
  signal.addEventListener('abort', abort, { once: true });
  try {
    for (const { wake } of members) wake();
    if ((await lockAll(members, policy, signal)) && (await prepareAll(members, policy))) {
      await changeAll(members, policy, signal);
    }
    // Those that are not wanted any more are told so; the others have been told.
    await takeBack(members);
    return await Promise.all(members.map(endOf));
  } finally {
    clearInterval(renewing);
    signal.removeEventListener('abort', abort);
  }
}

/** One after the other, and no further than to one that is taken. */
async function lockAll(members: readonly Member[], policy: FleetPolicy, signal: AbortSignal): Promise<boolean> {
  for (const one of members.toSorted((a, b) => (a.host.name < b.host.name ? -1 : 1))) {
    if (signal.aborted) return false;
    void one.begin();
    await one.locked;
    if (isInTheWay(one, policy)) return false;
  }
  return true;
}

/** Nobody waits for the slowest when one has failed. */
async function prepareAll(members: readonly Member[], policy: FleetPolicy): Promise<boolean> {
  const stopped = members.map(async (one) => {
    await one.ready;
    if (isInTheWay(one, policy)) throw one;
  });
  return Promise.all(stopped).then(
    () => true,
    () => false,
  );
}

/** Has ended without success, and the others must not go on for it. */
function isInTheWay(one: Member, { onFailure }: FleetPolicy): boolean {
  if (one.end() === undefined || one.isWell()) return false;
  return onFailure !== 'continue' || isOvertaken(one.end());
}

/**
 * Somebody else's run is at work on the host, or the host has moved on since the plan was made. Whatever else the guard
 * stumbles over, such as a git that is left open there, is not over when another run is, and is no reason to try again.
 */
export function isOvertaken(end: HostEnd | undefined): boolean {
  if (end?.type !== 'result') return false;
  const { outcome, failed } = end.result;
  if (outcome === 'locked') return true;
  const hasMoved = failed?.id === 'guard' && failed.lines.some((line) => line.includes(MOVED_ON));
  return outcome === 'failed' && hasMoved;
}

/** How the guard on the host says it (`host/steps/checkout.sh`). */
const MOVED_ON = ' since the plan was made';

async function changeAll(members: readonly Member[], policy: FleetPolicy, signal: AbortSignal): Promise<void> {
  const mayGoOn = () => !signal.aborted && !members.some((one) => isInTheWay(one, policy));
  for (const batch of cutIntoBatches(members, policy.batches)) {
    await someAtATime(batch, policy.parallel, async (one) => {
      if (!mayGoOn() || one.end() !== undefined) return;
      await one.say('hold', 'go');
      await one.proved;
    });
  }
  const keep = mayGoOn() && members.every((one) => one.isWell());
  if (keep) await Promise.all(members.map((one) => one.say('keep', 'keep')));
}

/** The first word for a gate holds: this reaches those that were told nothing yet. */
async function takeBack(members: readonly Member[]): Promise<void> {
  await Promise.all(
    members.map((one) =>
      one.isGone() ? one.say('keep', 'back') : Promise.all([one.say('images', 'no'), one.say('hold', 'no')]),
    ),
  );
}

async function endOf(one: Member): Promise<HostEnd> {
  return one.isBegun() ? one.begin() : { type: 'not-begun' };
}
