import { expect, it } from 'vitest';
import { appCommand } from '../../src/deploy/app-command.ts';
import { refuseUnknownService } from '../../src/deploy/refuse-unknown-service.ts';
import type { Host } from '../../src/io/ports.ts';
import { deployFacts, environmentOf, record } from '../support/deploy-facts.ts';

it('a command of the app is called with the Compose files and the name of the release that is there', () => {
  const environment = environmentOf({ compose: ['of-the-next.yml'] });
  const facts = { ...deployFacts(), history: [{ ...record('v0.1.0'), compose: ['stack.yml'] }] };
  const called = appCommand(facts, environment, ['logs', "it's"], 'v{version}');
  expect(called).toBe(
    "cd /opt/app && exec env TAGSHIP_TAG=v0.1.0 TAGSHIP_VERSION=0.1.0 docker compose --file stack.yml logs 'it'\\''s'",
  );
  expect(appCommand(deployFacts(), environment, ['ps'], 'v{version}')).toContain('--file of-the-next.yml ps');
});

it.each([
  ['nothing', 0, 'db\nweb\n', { code: 'no-such-service', what: 'no such service: nothing', exit: 3 }],
  ['db', 0, 'db\nweb\n', undefined],
  // One that has a container, as Compose finds it, whatever the files say by now.
  ['web', 0, 'db\n', undefined],
  ['nothing', 15, '', undefined],
])('of the services there are, %s is looked for (%i: %j)', async (service, exitCode, stdout, expected) => {
  const asked: string[] = [];
  const host = {
    name: 'pi@192.0.2.1',
    run: async (script: string) => {
      asked.push(script);
      return { exitCode, stdout, stderr: '' };
    },
  } as unknown as Host;
  const named = { services: [service], environment: 'production', tagFormat: 'v{version}' };
  const refused = refuseUnknownService(host, deployFacts(), environmentOf(), named);
  if (expected === undefined) await expect(refused).resolves.toBeUndefined();
  else
    await expect(refused).rejects.toMatchObject({
      ...expected,
      why: 'Compose on pi@192.0.2.1 knows db, web',
      fix: 'tagship status production',
    });
  expect(asked).toEqual(service === 'web' ? [] : [expect.stringMatching(/ docker compose config --services$/)]);
});
