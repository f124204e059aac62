import { expect, it } from 'vitest';
import { appCommand } from '../../src/deploy/app-command.ts';
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
