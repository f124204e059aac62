import type { HealthConfig } from '../config/schema.ts';
import type { JournalLine, LockInfo, RecordedHealth, RunAbout, RunOutcome, RunRecord, ServiceImage } from './run.ts';

/** A release that was deployed and proved healthy. */
export interface DeployedRelease {
  readonly tag: string;
  readonly commit: string;
  readonly images: readonly ServiceImage[];
  /** Undefined where nobody recorded it. */
  readonly health: RecordedHealth | undefined;
  /** Its Compose files, as `compose:` of tagship.yaml had them; undefined where nobody recorded them. */
  readonly compose: readonly string[] | undefined;
  /** ISO 8601, UTC. */
  readonly since: string;
  readonly who: string;
  /** What was checked out when it was started: of a release that was started without git not its own commit. */
  readonly checkout: string;
  /** ISO 8601, UTC: when it took the place of what served before. */
  readonly changedAt: string;
  /** Brought back while git failed: the files of another release are checked out, and its unit does not know. */
  readonly withoutGit?: boolean;
}

/**
 * The releases one could go back to, the present one last, in the order they were deployed in. A deployment puts its release
 * on top; a rollback leaves nothing over its own, so that a second one goes further back and not forward to what was bad.
 */
export function releaseStack(history: readonly RunRecord[]): readonly DeployedRelease[] {
  return stackOf(history).stack;
}

function stackOf(history: readonly RunRecord[]) {
  let stack: readonly DeployedRelease[] = [];
  const deployedAt = new Map<string, number>();
  for (const [index, record] of history.entries()) {
    const { kind, tag, outcome } = record;
    if (outcome !== 'succeeded') continue;
    if (kind === 'deploy' || !deployedAt.has(tag)) deployedAt.set(tag, index);
    stack = [...staysUnder({ stack, deployedAt }, kind, tag), releaseOf(record)];
  }
  return { stack, deployedAt };
}

function staysUnder(
  {
    stack,
    deployedAt,
  }: { readonly stack: readonly DeployedRelease[]; readonly deployedAt: ReadonlyMap<string, number> },
  kind: RunRecord['kind'],
  tag: string,
): readonly DeployedRelease[] {
  if (kind === 'deploy') return stack.filter((release) => release.tag !== tag);
  const at = (one: string) => deployedAt.get(one) ?? Number.POSITIVE_INFINITY;
  return stack.filter((release) => at(release.tag) < at(tag));
}

/** Every time a release proved healthy here, in order. */
export function deployments(history: readonly RunRecord[]): readonly DeployedRelease[] {
  return history.filter(({ outcome }) => outcome === 'succeeded').map(releaseOf);
}

/** Every release that ever proved healthy here, the latest first, each once. */
export function deployedReleases(history: readonly RunRecord[]): readonly DeployedRelease[] {
  const releases = new Map<string, DeployedRelease>();
  for (const record of history.toReversed()) {
    if (record.outcome === 'succeeded' && !releases.has(record.tag)) releases.set(record.tag, releaseOf(record));
  }
  return [...releases.values()];
}

/**
 * The release that serves where a commit is checked out: what was started from it last, or what a run that failed there
 * went back to without git.
 */
export function releaseAt(commit: string | undefined, history: readonly RunRecord[]): DeployedRelease | undefined {
  const record = history.findLast((one) =>
    one.outcome === 'succeeded' ? releaseOf(one).checkout === commit : isBackWithoutGit(one) && one.commit === commit,
  );
  if (record === undefined || record.outcome === 'succeeded') return record && releaseOf(record);
  const release = deployedReleases(history).find(({ tag }) => tag === record.previous.tag);
  return release && { ...release, withoutGit: true };
}

const isBackWithoutGit = ({ outcome, wayBack }: RunRecord) => outcome === 'rolled_back' && wayBack === 'image';

function releaseOf(record: RunRecord): DeployedRelease {
  const { tag, commit, who, endedAt: since, startedAt, result, compose, health, method, previous } = record;
  const checkout = method === 'image' ? previous.commit : commit;
  const changedAt = result?.changedAt ?? startedAt;
  return { tag, commit, who, since, images: result?.images ?? [], compose, health, checkout, changedAt };
}

/**
 * The release that a run of a kind would have under it, once it has succeeded: what whoever goes back from it goes back to.
 * Undefined where nothing is.
 */
export function releaseBelow(
  history: readonly RunRecord[],
  kind: RunRecord['kind'],
  tag: string,
): DeployedRelease | undefined {
  return staysUnder(stackOf(history), kind, tag).at(-1);
}

/** What a release is judged by: the settings it was deployed with, the present ones where nobody recorded them. */
export function healthOf(
  release: { readonly health?: RecordedHealth | undefined } | undefined,
  present: HealthConfig | undefined,
): HealthConfig | undefined {
  const recorded = release?.health;
  return recorded === undefined ? present : (recorded ?? undefined);
}

/** What a host has written down of its runs. */
interface Written {
  readonly journal: readonly JournalLine[];
  readonly history: readonly RunRecord[];
}

/** A run that has begun and not ended: at work when somebody holds the lock, else interrupted. */
export interface OpenRun {
  readonly state: 'running' | 'interrupted';
  readonly about: RunAbout;
  readonly startedAt: string;
  /** The step it was last seen in, by id, and whether that belongs to going forward or back. */
  readonly step: string | undefined;
  readonly list: string | undefined;
}

/**
 * The run the host is in the middle of, or was when its runner died. A run that failed since before it changed anything has
 * not ended it.
 */
export function openRun(
  facts: Written & { readonly locked: boolean; readonly lockInfo: LockInfo | undefined },
): OpenRun | undefined {
  const state = facts.locked ? 'running' : 'interrupted';
  const outcomes = outcomesOf(facts);
  const opened = facts.journal.findLast((line) => line.type === 'opened' && outcomes.get(line.run) !== 'failed');
  if (opened?.type !== 'opened' || outcomes.has(opened.run)) {
    const { lockInfo } = facts;
    if (!facts.locked || lockInfo === undefined) return undefined;
    return { state, about: lockInfo.about, startedAt: lockInfo.startedAt, step: undefined, list: undefined };
  }
  const last = facts.journal.findLast((line) => line.run === opened.run && line.type === 'started');
  const where = last?.type === 'started' ? last : undefined;
  return { state, about: opened.about, startedAt: opened.at, step: where?.step, list: where?.list };
}

/** How runs ended, by their names. */
function outcomesOf({ journal, history }: Written): ReadonlyMap<string, RunOutcome> {
  // The history is written first: a runner that died between the two had finished all the same.
  const outcomes = new Map<string, RunOutcome>(history.map(({ run, outcome }) => [run, outcome]));
  for (const line of journal) if (line.type === 'closed') outcomes.set(line.run, line.outcome);
  return outcomes;
}

/** A run after which nobody knows what the host is: its runner died, or its way back failed. */
export interface UnsettledRun {
  readonly about: RunAbout;
  readonly interrupted: boolean;
}

/**
 * The unsettled run the host still stands in. Runs that failed before they changed anything have not settled it. What
 * served before it is what to fall back to, and not what it left.
 */
export function unsettledRun({ journal, history }: Written): UnsettledRun | undefined {
  const outcomes = outcomesOf({ journal, history });
  const begun = journal.flatMap((line) => (line.type === 'opened' ? [line.about] : []));
  // The look reads the end of the journal only; older runs are in the history.
  const older = history.filter(({ run }) => !begun.some((about) => about.run === run));
  const about = [...older, ...begun].findLast(({ run }) => outcomes.get(run) !== 'failed');
  const outcome = about && outcomes.get(about.run);
  if (about === undefined || (outcome !== undefined && outcome !== 'needs_hands')) return undefined;
  return { about, interrupted: outcome === undefined };
}
