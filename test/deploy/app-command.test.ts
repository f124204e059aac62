import { describe, expect, it } from 'vitest';
import { appCommand } from '../../src/deploy/app-command.ts';
import type { HostFacts } from '../../src/deploy/facts.ts';
import { refuseStoppedService } from '../../src/deploy/refuse-stopped-service.ts';
import { refuseUnknownService } from '../../src/deploy/refuse-unknown-service.ts';
import type { Host } from '../../src/io/ports.ts';
import { deployFacts, environmentOf, RUNNING, record } from '../support/deploy-facts.ts';

it('a command of the app is called with the Compose files and the name of the release that is there', () => {
  const environment = environmentOf({ compose: ['of-the-next.yml'] });
  const facts = { ...deployFacts(), history: [{ ...record('v0.1.0'), compose: ['stack.yml'] }] };
  const called = appCommand(facts, environment, ['logs', "it's"], 'v{version}');
  expect(called).toBe(
    "cd /opt/app && exec env TAGSHIP_TAG=v0.1.0 TAGSHIP_VERSION=0.1.0 docker compose --file stack.yml logs 'it'\\''s'",
  );
  expect(appCommand(deployFacts(), environment, ['ps'], 'v{version}')).toContain('--file of-the-next.yml ps');
});

/** A host on which every command ends alike, with those it was asked. */
function hostThat(exitCode: number, stdout: string) {
  const asked: string[] = [];
  const run = async (script: string) => {
    asked.push(script);
    return { exitCode, stdout, stderr: '' };
  };
  return { host: { name: 'pi@192.0.2.1', run } as unknown as Host, asked };
}

const named = (service: string, host: Host, facts = deployFacts()) => ({
  services: [service],
  host,
  facts,
  environment: 'production',
  config: environmentOf(),
  tagFormat: 'v{version}',
});

it.each([
  ['nothing', 0, 'db\nweb\n', { code: 'no-such-service', what: 'no such service: nothing', exit: 3 }],
  ['db', 0, 'db\nweb\n', undefined],
  // One that has a container, as Compose finds it, whatever the files say by now.
  ['web', 0, 'db\n', undefined],
  ['nothing', 15, '', undefined],
])('of the services there are, %s is looked for (%i: %j)', async (service, exitCode, stdout, expected) => {
  const { host, asked } = hostThat(exitCode, stdout);
  const refused = refuseUnknownService(named(service, host));
  if (expected === undefined) await expect(refused).resolves.toBeUndefined();
  else
    await expect(refused).rejects.toMatchObject({
      ...expected,
      why: 'Compose on pi@192.0.2.1 knows db, web',
      fix: 'tagship status production',
    });
  expect(asked).toEqual(service === 'web' ? [] : [expect.stringMatching(/ docker compose config --services$/)]);
});

describe('a service that is to run a command', () => {
  const refused = (containers: HostFacts['containers'], { exitCode = 0, stdout = '' } = {}) => {
    const { host, asked } = hostThat(exitCode, stdout);
    const facts = { ...deployFacts(), containers };
    return { asked, done: refuseStoppedService(named('web', host, facts)) };
  };

  it.each([
    ['exited', 3, 'container app-web-1: exited (3)'],
    ['restarting', 1, 'container app-web-1: restarting (1)'],
    ['paused', 0, 'container app-web-1: paused'],
    ['created', 0, 'container app-web-1: created'],
  ])('is refused with the state of its container where that is %s', async (state, exitCode, why) => {
    const { asked, done } = refused([{ ...RUNNING, state, exitCode }]);
    await expect(done).rejects.toMatchObject({
      code: 'service-not-running',
      what: 'service web does not run on pi@192.0.2.1',
      why,
      fix: 'tagship logs production web',
      exit: 3,
    });
    expect(asked).toEqual([]);
  });

  it('has one running container, and that is enough', async () => {
    const { asked, done } = refused([{ ...RUNNING, state: 'exited' }, RUNNING]);
    await expect(done).resolves.toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('is refused where Compose finds no container either, and nowhere else', async () => {
    const { asked, done } = refused([{ ...RUNNING, service: 'db' }]);
    const problem = { code: 'service-not-running', why: 'it has no container there', fix: 'tagship status production' };
    await expect(done).rejects.toMatchObject(problem);
    expect(asked).toEqual([expect.stringMatching(/ docker compose ps --quiet web$/)]);
    await expect(refused([], { stdout: 'c7\n' }).done).resolves.toBeUndefined();
    await expect(refused([], { exitCode: 1 }).done).resolves.toBeUndefined();
  });
});
