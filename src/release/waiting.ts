import { EXIT, Problem } from '../core/problem.ts';
import { shellQuote } from '../core/shell-quote.ts';
import { shortName } from './branches.ts';
import { isWaiting, type ReleaseJournal, type ReleaseState, readState, refuseUnfinished } from './journal.ts';
import type { ReleasePorts } from './ports.ts';
import { tagNames } from './tags.ts';

/** Where proposals that wait for their merge are kept, each in a journal of its own, so that the one journal is free. */
export interface Shelf {
  readonly journals: () => Promise<readonly ReleaseJournal[]>;
  /** @param tag names the journal */
  readonly journal: (tag: string) => ReleaseJournal;
}

/** A proposal that waits, or that was being undone while it waited. */
export interface WaitingProposal {
  readonly state: ReleaseState;
  /** Where it is written down. */
  readonly journal: ReleaseJournal;
}

type Ports = Pick<ReleasePorts, 'journal' | 'shelf'>;

/** @throws Problem `journal-foreign`, `journal-damaged` */
export async function waitingProposals({ journal, shelf }: Ports): Promise<readonly WaitingProposal[]> {
  const found: WaitingProposal[] = [];
  for (const one of [journal, ...(await shelf.journals())]) {
    const state = await readState(one);
    // Killed while it was moved, it is at both places.
    if (state === undefined || found.some((other) => idOf(other.state) === idOf(state))) continue;
    if (isWaiting(state) || (one !== journal && state.aborting && state.closed === undefined))
      found.push({ state, journal: one });
  }
  return found;
}

/**
 * The waiting proposal that is meant.
 * @param wanted a tag or version; undefined for the only one
 * @throws Problem `several-proposals`
 */
export function chooseProposal(
  waiting: readonly WaitingProposal[],
  wanted: string | undefined,
  command: 'continue' | 'abort',
): WaitingProposal | undefined {
  const candidates = wanted === undefined ? waiting : waiting.filter(({ state }) => isNamed(state, wanted));
  if (candidates.length < 2) return candidates[0];
  const [first] = candidates;
  throw new Problem({
    code: 'several-proposals',
    what: 'several releases wait for their pull requests',
    why: candidates.map(({ state }) => `${state.plan.plan.title}, from ${shortName(branchOf(state) ?? '')}`).join('\n'),
    fix: `name one: tagship release ${command} ${shellQuote(first?.state.plan.plan.details.tags[0].name ?? '')}`,
    exit: EXIT.refused,
  });
}

/** Whether a tag or a version names this release. */
export function isNamed({ plan }: ReleaseState, word: string): boolean {
  return plan.plan.details.tags.some(({ name, version }) => [name, version, `v${version}`].includes(word));
}

/** The branch of its pull request, full name. */
export function branchOf({ plan }: ReleaseState): string | undefined {
  const pullRequest = plan.plan.details.github?.pullRequest;
  return pullRequest?.stage === 'proposed' ? pullRequest.branch.name : undefined;
}

/** @throws Problem `already-proposed` when a proposal from this branch, or of one of these tags, waits for its merge. */
export function refuseProposed(waiting: readonly WaitingProposal[], line: string, tags: readonly string[] = []): void {
  const one = waiting.find(({ state }) => branchOf(state) === line || tags.some((tag) => isNamed(state, tag)));
  if (one === undefined) return;
  const { details, title } = one.state.plan.plan;
  const tag = shellQuote(details.tags[0].name);
  throw new Problem({
    code: 'already-proposed',
    what: `${title} is proposed from ${shortName(branchOf(one.state) ?? '')} and waits for its pull request`,
    fix: `tagship release continue ${tag} (or: tagship release abort ${tag})`,
    exit: EXIT.refused,
  });
}

/**
 * Makes room for the next release: what has ended is put away, a proposal that waits is put aside. To be called by who
 * has claimed the journal, or has just written its last line.
 */
export async function clearJournal(ports: Ports): Promise<void> {
  if ((await readState(ports.journal))?.closed !== undefined) await ports.journal.archive();
  else await shelve(ports);
}

async function shelve({ journal, shelf }: Ports): Promise<void> {
  const state = await readState(journal);
  if (state === undefined || !isWaiting(state)) return;
  const place = shelf.journal(state.plan.plan.details.tags[0].name);
  if (await journal.moveTo(place.path)) return;
  const there = await readState(place);
  if (there !== undefined && idOf(there) === idOf(state)) return journal.remove();
  if (there !== undefined && there.closed === undefined) throw tagProposedTwice(state, place.path);
  await place.remove();
  await journal.moveTo(place.path);
}

/**
 * Makes a waiting proposal the release that is under way.
 * @throws Problem `release-unfinished` when another has been begun
 */
export async function takeUp(
  { journal, shelf, processes }: Ports & Pick<ReleasePorts, 'processes'>,
  { plan: { plan } }: ReleaseState,
): Promise<void> {
  await clearJournal({ journal, shelf });
  if (await shelf.journal(plan.details.tags[0].name).moveTo(journal.path)) return;
  const other = await readState(journal);
  if (other !== undefined) refuseUnfinished(other, processes);
}

const idOf = ({ plan }: ReleaseState) => plan.plan.id;

function tagProposedTwice({ plan }: ReleaseState, path: string): Problem {
  return new Problem({
    code: 'tag-proposed-twice',
    what: `${tagNames(plan.plan.details)} was proposed before, and that waits still`,
    why: path,
    fix: 'tagship release abort, for the one that is not wanted',
    exit: EXIT.refused,
  });
}
