import { EXIT, type ExitCode } from '../core/problem.ts';
import type { Outcome } from '../deploy/act.ts';
import type { DeployPlan } from '../deploy/plan-shape.ts';
import { nameOf } from '../deploy/run.ts';
import { printable } from './render.ts';
import { worstExit } from './worst-exit.ts';

/** How a deployment or a rollback ended on one host of an environment. */
export interface HostReport {
  readonly host: string;
  /** `not-started`: an earlier host failed, or we were interrupted. `bug`: tagship's own. */
  readonly outcome: Outcome | 'not-started' | 'bug';
  readonly exit: ExitCode;
  /** What serves there now; null for nothing, left out where it is not known. */
  readonly serves: string | null | undefined;
  readonly run: string;
  readonly tag: string;
  readonly commit: string;
  readonly previous: string | undefined;
  readonly problem: object | undefined;
  /** What the user should know besides, e.g. of ports that are open to the world. */
  readonly notices?: readonly string[] | undefined;
}

/** @param isPlanStale whether another run has begun since the plan saw what serves */
export function reportOf(
  { details: { host, about } }: DeployPlan,
  how: Pick<HostReport, 'outcome' | 'exit' | 'problem' | 'notices'>,
  isPlanStale = false,
): HostReport {
  const { run, tag, commit, previous } = about;
  const before = isPlanStale ? undefined : previous.serving ? nameOf(previous) : null;
  return { host, ...how, serves: serving(how.outcome, tag, before), run, tag, commit, previous: previous.tag };
}

function serving(outcome: HostReport['outcome'], tag: string, before: HostReport['serves']): HostReport['serves'] {
  switch (outcome) {
    case 'succeeded':
      return tag;
    case 'failed':
    case 'rolled_back':
    case 'not-started':
      return before;
    default:
      return undefined;
  }
}

/** Some hosts have the release and others do not: no single host's outcome tells that. */
export function isPartial(reports: readonly HostReport[]): boolean {
  const succeeded = reports.filter(({ outcome }) => outcome === 'succeeded').length;
  return succeeded > 0 && succeeded < reports.length;
}

/** The exit status of all hosts together. "Refused" and "rolled back" promise that what served before serves on all. */
export function exitOfAll(reports: readonly HostReport[]): ExitCode {
  const worst = worstExit(reports.map(({ exit }) => exit));
  return isPartial(reports) ? worstExit([EXIT.resumable, worst]) : worst;
}

/** In one word how it ended; where no host has the release, the gravest end of one. */
export function outcomeOfAll(reports: readonly HostReport[]): HostReport['outcome'] | 'partial' {
  if (isPartial(reports)) return 'partial';
  const worst = worstExit(reports.map(({ exit }) => exit));
  return reports.find(({ exit }) => exit === worst)?.outcome ?? 'bug';
}

/** What the user should know of one host besides how it ended, a line each. */
export const renderNotices = (notices: readonly string[] = []) =>
  notices.map((notice) => `  ! ${printable(notice)}\n`).join('');

/** Which host serves what, a line each. */
export function renderReports(reports: readonly HostReport[]): string {
  return reports
    .map(({ host, serves, outcome }) => {
      const what = serves === undefined ? 'it is not known what serves' : `${serves ?? 'nothing'} serves`;
      return `  ${printable(`${host}: ${what} (${outcome.replace(/[_-]/g, ' ')})`)}\n`;
    })
    .join('');
}
