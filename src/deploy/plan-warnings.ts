import type { EnvironmentConfig } from '../config/schema.ts';
import { shellQuote } from '../core/shell-quote.ts';
import { commandFor } from './command-for.ts';
import type { HostFacts } from './facts.ts';
import { deployments, releaseAt, releaseStack, type UnsettledRun } from './history.ts';
import type { DeployRequest, Target } from './plan.ts';
import { onHost } from './refusals.ts';
import { nameOf, type Previous } from './run.ts';

/** What a run starts from, and goes to. */
interface Planned {
  readonly target: Target;
  readonly previous: Previous;
  readonly unsettled: UnsettledRun | undefined;
  /** Tracked files that were edited on the host, as `git status --porcelain` prints them. */
  readonly edited: readonly string[];
  /** The ref under which they are kept; undefined where there are none. */
  readonly kept: string | undefined;
}

/** What whoever deploys, or goes back, should know before it begins. */
export function planWarnings(
  facts: HostFacts,
  request: DeployRequest,
  environment: EnvironmentConfig,
  planned: Planned,
): readonly string[] {
  const { unsettled, edited, kept } = planned;
  return [
    ...(unsettled === undefined ? alreadyWarnings(planned) : [unsettledWarning(planned.previous, unsettled)]),
    ...movedWarnings(facts, request, planned),
    ...healthWarnings(request, environment, planned),
    ...(unsettled === undefined ? elsewhereWarnings(facts, request, planned) : []),
    ...(kept === undefined ? [] : [editedWarning(facts.host, environment.path, edited, kept)]),
  ];
}

function unsettledWarning(previous: Previous, { interrupted }: UnsettledRun): string {
  return `the run before this one ${interrupted ? 'was interrupted' : 'could not be taken back'}; ${afterFailure(previous)}`;
}

function afterFailure(previous: Previous): string {
  if (previous.serving) return `if this one fails, ${nameOf(previous)} comes back`;
  return previous.stopped ? `if this one fails, ${nameOf(previous)} is put back, stopped` : 'nothing served before it';
}

function alreadyWarnings({ previous, target }: Planned): readonly string[] {
  // Two tags may name one commit.
  const { tag = target.tag } = previous;
  const isThere = previous.serving && previous.commit === target.commit && tag === target.tag;
  return isThere ? [`${tag} is deployed already: only what differs is replaced`] : [];
}

/** The release of an old name is another one: whoever reads the name thinks of what it was. */
function movedWarnings({ history }: HostFacts, { kind }: DeployRequest, { target }: Planned): readonly string[] {
  const last = deployments(history).findLast(({ tag }) => tag === target.tag);
  if (kind === 'rollback' || last === undefined || last.commit === target.commit) return [];
  const [was, is] = [last.commit, target.commit].map((commit) => nameOf({ commit }));
  return [
    `${target.tag} has been moved: ${was} was deployed under this name, now it is ${is}, and no rollback leads back to the other once it serves`,
  ];
}

function healthWarnings(
  { kind }: DeployRequest,
  environment: EnvironmentConfig,
  { target }: Planned,
): readonly string[] {
  if (target.health !== undefined) return [];
  const isOld = kind === 'rollback' && environment.health !== undefined;
  const why = isOld ? `${target.tag} was deployed without a health check` : 'no health check is configured';
  return [`${why}: containers that stay up count as healthy`];
}

/** What is checked out may never have been started; that it was, by hand, is as likely: what runs does not always tell. */
function elsewhereWarnings(
  { clone, history }: HostFacts,
  { environment }: DeployRequest,
  { target, previous }: Planned,
): readonly string[] {
  const last = releaseStack(history).at(-1);
  const isAt = clone?.head === undefined || releaseAt(clone.head, history)?.tag === last?.tag;
  if (last === undefined || isAt || !previous.serving) return [];
  const comes = `${last.tag} was deployed last, but ${nameOf(previous)} is checked out there, and comes back if this one fails`;
  const first = commandFor({ kind: 'rollback', environment, tag: last.tag });
  return [target.tag === last.tag ? comes : `${comes}; to have ${last.tag} back first: ${first}`];
}

function editedWarning(host: string, path: string, edited: readonly string[], kept: string): string {
  const files = `${edited.slice(0, 5).join(', ')}${edited.length > 5 ? `, and ${edited.length - 5} more` : ''}`;
  const back = onHost(host, `git -C ${shellQuote(path)} stash apply ${kept}`);
  return `what was edited there is kept aside (${files.trim()}); to bring it back: ${back}`;
}
