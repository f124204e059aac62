import type { EnvironmentConfig, HealthConfig } from '../config/schema.ts';
import type { Container, HostFacts } from './facts.ts';
import type { Answer } from './health.ts';
import {
  type DeployedRelease,
  deployedReleases,
  healthOf,
  type OpenRun,
  openRun,
  releaseAt,
  releaseStack,
  unsettledRun,
} from './history.ts';
import { unseenRelease } from './refusals.ts';
import { highestRelease } from './release-tag.ts';
import type { RunRecord } from './run.ts';

/** What one host of an environment is and does, as far as a single look can tell. */
export interface HostStatus {
  readonly host: string;
  /** `down`: no container runs. `unknown`: the containers cannot be seen. */
  readonly verdict: 'healthy' | 'unhealthy' | 'down' | 'unknown';
  readonly checkout: { readonly commit: string; readonly tag: string | undefined; readonly edited: readonly string[] };
  /** The release that history says is in place. */
  readonly deployed: DeployedRelease | undefined;
  readonly containers: readonly Container[];
  readonly health: HealthStatus | undefined;
  /** A run at work, or one whose runner died. */
  readonly run: OpenRun | undefined;
  /** Seconds since the runner that is at work was seen alive. */
  readonly silence: number | undefined;
  /** Whether a run that a power cut interrupts is ended at the boot; undefined where that cannot be known. */
  readonly settlesAtBoot: boolean | undefined;
  /** How the last finished run ended. */
  readonly last: RunRecord | undefined;
  /** Where what is there and what history says differ, one sentence each. */
  readonly differences: readonly string[];
  /** What starts the deployed release again, typed on the host: where nothing of it is there and no run is to be settled. */
  readonly startAgain: string | undefined;
}

/** What the present release proves itself by, asked once. */
export interface HealthStatus {
  /** Undefined where nothing is asked over HTTP. */
  readonly url: string | undefined;
  /** Statuses over HTTP; 0 for no answer. */
  readonly wanted: number;
  readonly got: number;
  /** A sentence for each question whose answer is not good. */
  readonly problems: readonly string[];
}

/** Reads the facts of a host whose clone was found; pure. */
export function statusOf(facts: HostFacts, environment: EnvironmentConfig, tagFormat: string): HostStatus {
  const { clone, containers } = facts;
  const commit = clone?.head ?? '';
  const deployed = releaseStack(facts.history).at(-1);
  // Not what serves: after a rollback by images that is another release than the one of the commit.
  const checkedOut = deployedReleases(facts.history).find((release) => release.commit === commit)?.tag;
  const tag = checkedOut ?? highestRelease(tagFormat, clone?.tagsHere ?? []);
  const settings = healthOf(releaseAt(commit, facts.history), environment.health);
  const health = settings && healthStatus(settings, facts.health ?? []);
  const run = openRun(facts);
  const unseen = facts.dockerError ?? facts.containersError;
  return {
    host: facts.host,
    verdict: unseen === undefined ? verdictOf(containers, health) : 'unknown',
    checkout: { commit, tag, edited: clone?.dirty ?? [] },
    deployed,
    containers,
    health,
    run,
    silence: run?.state === 'running' ? facts.silence : undefined,
    settlesAtBoot: facts.settlesAtBoot,
    last: facts.history.at(-1),
    differences:
      unseen !== undefined
        ? [`the containers cannot be seen: ${inOneLine(unseen)}`]
        : run === undefined
          ? differences(facts, commit, deployed)
          : [],
    startAgain:
      run === undefined && unsettledRun(facts) === undefined
        ? unseenRelease(facts, environment, tagFormat)?.start
        : undefined,
  };
}

/** Docker begins what it says with an empty line. */
const inOneLine = (said: string) => said.trim().replaceAll(/\s*\n\s*/g, ' ');

function healthStatus({ url, status }: HealthConfig, answers: readonly Answer[]): HealthStatus {
  const http = answers.find(({ question }) => question.kind === 'http');
  const problems = answers.flatMap(({ question, problem }) =>
    problem === undefined ? [] : [`${question.what}: ${problem}`],
  );
  return { url, wanted: status, got: http?.status ?? 0, problems };
}

function verdictOf(containers: readonly Container[], health: HostStatus['health']): HostStatus['verdict'] {
  if (!containers.some(({ state }) => state === 'running')) return 'down';
  const isSick = containers.some(
    ({ state, exitCode, health: own }) =>
      // A service that has done its work ends with 0 and stays there; whether it should run, HTTP tells.
      own === 'unhealthy' || state === 'restarting' || state === 'dead' || (state === 'exited' && exitCode !== 0),
  );
  return isSick || (health?.problems.length ?? 0) > 0 ? 'unhealthy' : 'healthy';
}

function differences(facts: HostFacts, commit: string, deployed: DeployedRelease | undefined): readonly string[] {
  if (deployed === undefined) return [];
  const found: string[] = [];
  if (deployed.checkout !== commit) {
    found.push(`${deployed.tag} was deployed last, but commit ${commit.slice(0, 10)} is checked out`);
  }
  for (const { service, id } of deployed.images) {
    const running = facts.containers.filter((container) => container.service === service);
    if (running.length === 0)
      found.push(`${deployed.tag} was deployed with a service ${service}, which has no container`);
    else if (running.some(({ imageId }) => imageId !== id)) {
      found.push(`service ${service} runs another image than ${deployed.tag} was deployed with`);
    }
  }
  return found;
}
