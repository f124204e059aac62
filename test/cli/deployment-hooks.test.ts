import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openHooks } from '../../src/cli/deployment-hooks.ts';
import { planRun } from '../../src/deploy/plan.ts';
import { deployFacts, environmentOf, requestFor } from '../support/deploy-facts.ts';

it.each([
  ['failed', 'failed', 3, true],
  ['met another at work, and changed nothing', 'locked', 7, false],
] as const)('the command after a failure is run for one that %s: %s, exit %i', async (_, outcome, exit, isRun) => {
  const cwd = mkdtempSync(join(tmpdir(), 'tagship-hooks-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  const hooks = { before: {}, after: { failure: 'touch paged' } };
  const config = { ...environmentOf(), hooks };
  const terminal = { out: () => {}, err: () => {}, interactive: false, colour: false, live: false };
  const context = { cwd, json: false, signal: new AbortController().signal, terminal, version: '0' };
  const environment = { name: 'production', config, hosts: [], tagFormat: 'v{version}', notify: [] };
  const plan = planRun(deployFacts(), requestFor('deploy'), environmentOf(), 'v{version}');
  await (await openHooks(context, environment)).after([plan], { outcome, exit });
  expect(existsSync(join(cwd, 'paged'))).toBe(isRun);
});
