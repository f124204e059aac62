import { parseConfig } from '../../src/config/parse.ts';
import type { EnvironmentConfig } from '../../src/config/schema.ts';
import type { HostFacts } from '../../src/deploy/facts.ts';
import type { DeployRequest } from '../../src/deploy/plan.ts';
import type { JournalLine, Previous, RunRecord } from '../../src/deploy/run.ts';

/** The one container of a healthy host. */
export const RUNNING: HostFacts['containers'][number] = {
  id: 'c1',
  name: 'app-web-1',
  service: 'web',
  oneOff: 'False',
  imageName: 'app-web',
  imageId: 'sha256:old',
  state: 'running',
  exitCode: 0,
  health: null,
  startedAt: '2026-01-01T00:00:00Z',
  restarts: 0,
};

/** A healthy host that serves v0.1.0, with v0.1.0 and v0.2.0 on origin. */
export function deployFacts(): HostFacts {
  return {
    host: 'pi@192.0.2.1',
    user: 'pi',
    tools: new Set(['git', 'docker', 'flock', 'curl', 'timeout', 'setsid']),
    logoutKills: false,
    lingers: false,
    folder: true,
    clone: {
      gitDir: '/opt/app/.git',
      atTop: true,
      head: 'a'.repeat(40),
      branch: undefined,
      tagsHere: ['v0.1.0'],
      dirty: [],
      origin: 'git@example.com:app.git',
      writable: true,
    },
    cloneError: undefined,
    remoteTags: [
      { tag: 'v0.1.0', commit: 'a'.repeat(40) },
      { tag: 'v0.2.0', commit: 'b'.repeat(40) },
    ],
    remoteError: undefined,
    docker: '26.1.5',
    dockerError: undefined,
    compose: 'docker compose',
    composeVersion: '2.26.1',
    containers: [RUNNING],
    containersError: undefined,
    locked: false,
    lockInfo: undefined,
    silence: undefined,
    openPlan: undefined,
    settlesAtBoot: undefined,
    units: [],
    journal: [],
    lastRun: undefined,
    history: [],
    clock: Date.parse('2026-01-02T03:04:05Z') / 1000,
    memory: 500e6,
    disks: [{ mount: '/', free: 9e9 }],
    health: undefined,
  };
}

export function requestFor(kind: DeployRequest['kind']): DeployRequest {
  const now = new Date('2026-01-02T03:04:05.678Z');
  return { kind, environment: 'production', who: 'tester@desk', tagship: '0.1.0', now, nonce: 'abc' };
}

export function environmentOf(changes: Partial<EnvironmentConfig> = {}): EnvironmentConfig {
  const config = parseConfig(`environments:
  production:
    hosts: [pi@192.0.2.1]
    path: /opt/app
    health: { url: "http://127.0.0.1:8080/health" }
`);
  const { production: found } = config.environments;
  if (found === undefined) throw new Error('the configuration of the tests has an environment');
  return { ...found, ...changes };
}

/** A line of history: the release was deployed and proved healthy. */
export function record(tag: string, digit = 'a'): RunRecord {
  const images = [{ service: 'web', name: 'app-web', id: `sha256:${digit}` }];
  const previous: Previous = { commit: '0'.repeat(40), serving: true, images: [] };
  return {
    schema: 1,
    run: `run-${tag}`,
    kind: 'deploy',
    environment: 'production',
    tag,
    commit: digit.repeat(40),
    who: 'tester@desk',
    tagship: '0.1.0',
    previous,
    outcome: 'succeeded',
    startedAt: '2026-01-01T00:00:00Z',
    endedAt: '2026-01-01T00:00:09Z',
    seconds: 9,
    result: { images },
  };
}

/** The journal line of a run that began and, with nothing after it, never ended. */
export function openedRun(previous: Previous): JournalLine {
  const { outcome, startedAt: at, endedAt, seconds, result, ...about } = record('v0.1.5');
  return { type: 'opened', run: 'killed', at, pid: 1, boot: 'b', about: { ...about, run: 'killed', previous } };
}
