import type { EnvironmentConfig } from '../../config/schema.ts';
import { Problem } from '../../core/problem.ts';
import { shellJoin } from '../../core/shell-quote.ts';
import { commandFor } from '../command-for.ts';
import type { HostFacts } from '../facts.ts';
import { type DeployedRelease, deployments, healthOf } from '../history.ts';
import type { DeployRequest, Target } from '../plan.ts';
import { refusal } from '../refusals.ts';
import { chooseRollback } from '../target-rollback.ts';
import type { Backup, Backups } from './look-backups.ts';

/** What is restored, and the release whose data it holds. */
export interface ChosenBackup {
  readonly target: Target;
  readonly backup: Backup;
}

/**
 * The backup that was named; else the newest one that was made while the wanted release served, and before the next one took
 * its place. What a restore saved is only taken by name.
 */
export function chooseBackup(
  facts: HostFacts,
  backups: Backups,
  request: DeployRequest,
  environment: EnvironmentConfig,
  tagFormat: string,
): ChosenBackup | Problem {
  const served = periods(facts, backups.now);
  if (request.backup !== undefined) {
    const named = request.backup;
    const backup = backups.list.find(({ path }) => path === named || path.endsWith(`/${named}`));
    if (backup === undefined) return noBackup(`there is no backup ${named} on ${facts.host}`, backups, request);
    const release = served.find(({ from, until }) => from < backup.made && backup.made <= until)?.release;
    if (release === undefined) return beforeHistory(facts, backup, environment);
    const { tag = release.tag } = request;
    if (tag !== release.tag) return ofAnother(backup, release.tag, request);
    return { backup, target: targetOf(release, facts, environment) };
  }
  const wanted = chooseRollback(facts, request, environment, tagFormat);
  if (wanted instanceof Problem) return wanted;
  const while_ = served.filter(({ release }) => release.tag === wanted.tag);
  const backup = backups.list.find(
    ({ path, made }) =>
      !path.includes('/before_restore/') && while_.some(({ from, until }) => from < made && made <= until),
  );
  if (backup !== undefined) return { backup, target: wanted };
  return noBackup(`no backup on ${facts.host} was made while ${wanted.tag} served`, backups, request);
}

/**
 * How long each release served, in seconds since 1970, the first one first. A backup of the second in which the next one took
 * its place was made before: a run saves the data before it changes anything.
 */
function periods({ history }: HostFacts, now: number) {
  const releases = deployments(history);
  return releases.map((release, index) => {
    const next = releases[index + 1];
    return { release, from: seconds(release.changedAt), until: next === undefined ? now : seconds(next.changedAt) };
  });
}

const seconds = (time: string) => Math.floor(Date.parse(time) / 1000);

function targetOf(release: DeployedRelease, { units }: HostFacts, environment: EnvironmentConfig): Target {
  const { tag, commit, images, compose } = release;
  const isKept = units.some((unit) => unit.tag === tag);
  return {
    tag,
    commit,
    source: { from: 'history', images, isKept },
    compose,
    health: healthOf(release, environment.health),
  };
}

function ofAnother({ path }: Backup, served: string, request: DeployRequest): Problem {
  const what = `${path} was made while ${served} served, and not ${request.tag}`;
  const fix = `${commandFor(request)}   (goes back to ${served})`;
  return refusal('backup-of-another', what, 'a backup comes back with the release that served then', fix);
}

function noBackup(what: string, { list }: Backups, request: DeployRequest): Problem {
  const [newest] = list;
  const why =
    newest === undefined
      ? 'there is none at all'
      : `there are:\n${list
          .slice(0, 20)
          .map(({ path, made }) => `${timeOf(made)}  ${path}`)
          .join('\n')}`;
  const fix = commandFor(
    newest === undefined ? { ...request, method: 'git', backup: undefined } : { ...request, backup: newest.path },
  );
  return refusal('no-backup', what, why, fix);
}

/** Nobody knows what release its data are of, and so none can be started with them. */
function beforeHistory({ host }: HostFacts, { path }: Backup, { backup: { restore } }: EnvironmentConfig): Problem {
  return refusal(
    'backup-before-history',
    `${path} is older than every release that ${host} knows to have been deployed`,
    undefined,
    `on ${host}: ${restore} ${shellJoin([path])}`,
  );
}

/** Seconds since 1970 as people read it, in UTC. */
export function timeOf(made: number): string {
  return `${new Date(made * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
