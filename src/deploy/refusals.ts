import type { EnvironmentConfig } from '../config/schema.ts';
import { EXIT, type ExitCode, Problem } from '../core/problem.ts';
import { shellJoin, shellQuote } from '../core/shell-quote.ts';
import { versionOfTag } from '../core/tag-name.ts';
import { commandFor } from './command-for.ts';
import { composeCommand } from './compose.ts';
import type { HostFacts } from './facts.ts';
import { openRun, releaseStack } from './history.ts';
import type { Previous, RunAbout } from './run.ts';

/** What the host must have, by the Debian package that brings it. */
const NEEDED: Readonly<Record<string, string>> = {
  git: 'git',
  docker: 'docker.io',
  flock: 'util-linux',
  timeout: 'coreutils',
  setsid: 'util-linux',
};

/** Everything about the host itself that forbids a run, whatever is to be deployed; all of it at once. */
export function hostRefusals(facts: HostFacts, path: string, environment: string): readonly Problem[] {
  return [
    ...toolRefusals(facts),
    ...logoutRefusal(facts),
    ...dockerRefusals(facts),
    ...cloneRefusals(facts, path),
    ...runningRefusal(facts, environment),
  ];
}

function toolRefusals({ host, tools }: HostFacts): Problem[] {
  const missing = Object.keys(NEEDED).filter((tool) => !tools.has(tool));
  const problems = missing.map((tool) => {
    const fix = onHost(host, `sudo apt-get install ${NEEDED[tool]}`);
    return refusal('tool-missing', `${host} has no ${tool}`, undefined, fix);
  });
  if (tools.has('curl') || tools.has('wget')) return problems;
  const fix = onHost(host, 'sudo apt-get install curl');
  return [...problems, refusal('tool-missing', `${host} has neither curl nor wget`, undefined, fix)];
}

/** Where logind ends what a login leaves behind, only a service of the user outlives our connection. */
function logoutRefusal({ host, user, logoutKills, lingers }: HostFacts): Problem[] {
  if (!logoutKills || lingers) return [];
  const what = `${host} would end the deployment with our connection`;
  const why = `KillUserProcesses is on in logind.conf there, and ${user} may not linger`;
  return [refusal('logout-kills', what, why, onHost(host, `sudo loginctl enable-linger ${user}`))];
}

/** Everything that keeps the Docker of a host from being asked; nothing where its app directory is not there. */
export function dockerRefusals(facts: HostFacts): Problem[] {
  const { host, tools, folder, user, docker, dockerError, compose, containersError } = facts;
  // Docker is only asked from inside the app directory.
  if (!folder || !tools.has('docker')) return [];
  if (docker === undefined) {
    const forbidden = dockerError?.includes('permission denied') ?? false;
    const isFrozen = dockerError?.includes('did not answer') ?? false;
    const mend = forbidden
      ? `sudo usermod -aG docker ${user}`
      : `sudo systemctl ${isFrozen ? 'restart' : 'start'} docker`;
    const fix = onHost(host, mend);
    return [refusal('docker-unusable', `docker on ${host} does not answer`, dockerError, fix)];
  }
  const problems: Problem[] = [];
  if (compose === undefined) {
    const fix = onHost(host, 'sudo apt-get install docker-compose');
    problems.push(refusal('compose-missing', `${host} has no Docker Compose`, undefined, fix));
  }
  if (containersError !== undefined) {
    const what = `the containers on ${host} cannot be seen`;
    problems.push(refusal('containers-unseen', what, containersError, onHost(host, 'docker ps --all')));
  }
  return problems;
}

/** The release that history says is in place on a host where no container is seen. */
export interface UnseenRelease {
  readonly tag: string;
  /** What is typed on the host to start it, from the files that were checked out for it. */
  readonly start: string;
}

/** Undefined where containers are seen, where they cannot be looked for, and where nothing was ever deployed. */
export function unseenRelease(
  { host, clone, docker, containers, containersError, history, compose }: HostFacts,
  { path, compose: present }: EnvironmentConfig,
  tagFormat: string,
): UnseenRelease | undefined {
  const deployed = releaseStack(history).at(-1);
  const areSeen = docker !== undefined && containersError === undefined;
  // Inside another clone the history is of another folder.
  if (clone?.atTop === false || deployed === undefined || !areSeen || containers.length > 0) return undefined;
  const { tag, compose: files = present } = deployed;
  const version = versionOfTag(tagFormat, tag);
  const variables = [
    `TAGSHIP_TAG=${shellQuote(tag)}`,
    ...(version === undefined ? [] : [`TAGSHIP_VERSION=${version}`]),
  ];
  const up = shellJoin([...composeCommand(compose ?? 'docker compose', files), 'up', '-d']);
  const back = clone?.head === deployed.checkout ? '' : `git checkout -q ${deployed.checkout} && `;
  return { tag, start: onHost(host, `cd ${shellQuote(path)} && ${back}${variables.join(' ')} ${up}`) };
}

/**
 * A deployment that finds nothing takes down what it started when it fails. Where a release is known to have been
 * deployed, that would end it: then its containers are elsewhere than they were looked for, or somebody removed them.
 */
export function unseenRefusal(
  facts: HostFacts,
  environment: EnvironmentConfig,
  previous: Previous,
  tagFormat: string,
): readonly Problem[] {
  const unseen = unseenRelease(facts, environment, tagFormat);
  if (unseen === undefined || previous.serving) return [];
  const { path, compose: files } = environment;
  return [
    refusal(
      'containers-missing',
      `history says ${unseen.tag} runs on ${facts.host}, but no container of it is seen`,
      `its containers were taken down by hand, perhaps, or started from elsewhere than ${files[0]} in ${path}; a deployment that failed could not bring them back`,
      unseen.start,
    ),
  ];
}

/** The app directory must be a clone that can be written to. */
export function cloneRefusals({ host, folder, tools, clone, cloneError, user }: HostFacts, path: string): Problem[] {
  const place = `${path} on ${host}`;
  const quoted = shellQuote(path);
  const refuse = (code: string, what: string, fix: string, why?: string) => [
    refusal(code, what, why, onHost(host, fix)),
  ];
  // Only root may make a folder in /opt; one that is there and empty is cloned into.
  const makeClone = `sudo install -d -o ${user} ${quoted} && git clone URL-OF-THE-APP ${quoted}`;
  if (!folder) return refuse('no-folder', `there is no ${place}`, makeClone);
  if (!tools.has('git')) return [];
  // Not all that is in the folder: data may be those of a container's user.
  const own = `sudo chown ${user} ${quoted} && sudo chown -R ${user} ${shellQuote(`${path}/.git`)}`;
  if (cloneError?.includes('dubious ownership'))
    return refuse('not-a-clone', `${place} is not ${user}’s`, own, cloneError);
  // What stands there stays: a file that differs counts as edited, and is kept when it is replaced.
  const checkOut = 'git fetch origin HEAD && git reset FETCH_HEAD';
  const addOrigin = 'git remote add origin URL-OF-THE-APP';
  if (clone === undefined) {
    const fix = `cd ${quoted} && git init && ${addOrigin} && ${checkOut}`;
    return refuse('not-a-clone', `${place} is not a git clone`, fix, cloneError);
  }
  if (!clone.atTop) {
    const fix = `git -C ${quoted} rev-parse --show-toplevel   (what it shows is the path: of tagship.yaml; compose: is looked for from there)`;
    return refuse('not-a-clone', `${place} is not a git clone, but a folder inside of one`, fix);
  }
  if (clone.head === undefined) {
    const fix = `cd ${quoted} && ${clone.origin === undefined ? `${addOrigin} && ` : ''}${checkOut}`;
    return refuse('empty-clone', `${place} has nothing checked out`, fix);
  }
  return clone.writable ? [] : refuse('not-writable', `${user} may not write to all of the clone ${place}`, own);
}

function runningRefusal(facts: HostFacts, environment: string): Problem[] {
  if (!facts.locked) return [];
  return [lockedProblem(facts.host, environment, facts)];
}

/** Another run is at work on the host. */
export function lockedProblem(host: string, environment: string, facts?: HostFacts): Problem {
  const run = facts === undefined ? undefined : openRun(facts);
  const why =
    run === undefined
      ? undefined
      : `${run.about.who} started to ${run.about.kind === 'deploy' ? 'deploy' : 'roll back to'} ${run.about.tag} at ${run.startedAt}`;
  const what = `another deployment is at work on ${host}`;
  return refusal(
    'locked',
    what,
    why,
    run === undefined ? `tagship status ${environment}` : followIt(run.about),
    EXIT.locked,
  );
}

/** The command that follows a run from anywhere. */
export function followIt({ kind, environment, tag }: RunAbout): string {
  return `${commandFor({ kind, environment, tag })}   (follows it)`;
}

export function refusal(
  code: string,
  what: string,
  why: string | undefined,
  fix: string,
  exit: ExitCode = EXIT.refused,
): Problem {
  return new Problem({ code, what, ...(why === undefined || why === '' ? {} : { why }), fix, exit });
}

/** A command to be typed on the host. */
export function onHost(host: string, command: string): string {
  return host === 'local' ? command : `on ${host}: ${command}`;
}
