import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { announceDeployment } from '../../src/cli/announce-deployment.ts';
import type { HostReport } from '../../src/cli/host-report.ts';
import { Secret } from '../../src/core/secret.ts';
import { planRun } from '../../src/deploy/plan.ts';
import { deployFacts, environmentOf, record, requestFor } from '../support/deploy-facts.ts';

/** What a web hook is told of a run that ended so on these hosts. */
async function told(
  kind: 'deploy' | 'rollback',
  outcome: string,
  exit: 0 | 4 | 5 | 7,
  hosts: Record<string, string | null>,
  signal = new AbortController().signal,
) {
  const posted: unknown[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      posted.push(JSON.parse(body));
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const notify = [new Secret(`http://127.0.0.1:${(server.address() as AddressInfo).port}/token`)];
  const facts = { ...deployFacts(), history: [record('v0.0.9', '9'), record('v0.1.0')] };
  const plan = planRun(facts, requestFor(kind), environmentOf(), 'v{version}');
  const terminal = { out: () => {}, err: () => {}, interactive: false, colour: false, live: false };
  const context = { cwd: '/', json: false, signal, terminal, version: '0' };
  const environment = { name: 'production', config: environmentOf(), hosts: [], tagFormat: 'v{version}', notify };
  const reports = Object.entries(hosts).map(([host, serves]) => ({ host, serves, outcome }) as HostReport);
  await announceDeployment(context, environment, [plan], { outcome, exit, reports });
  return posted;
}

it.each([
  ['deploy', 'succeeded', 0, { a: 'v0.2.0' }, 'deployed', 'v0.2.0 serves on production'],
  [
    'deploy',
    'rolled_back',
    5,
    { a: 'v0.1.0' },
    'deploy-failed',
    'v0.2.0 was not deployed to production (by tester@desk): v0.1.0 serves',
  ],
  [
    'deploy',
    'partial',
    4,
    { a: 'v0.2.0', b: null },
    'deploy-failed',
    'v0.2.0 was not deployed to production (by tester@desk): a: v0.2.0 serves, b: nothing serves',
  ],
  ['rollback', 'succeeded', 0, { a: 'v0.0.9' }, 'rolled-back', 'production is back at v0.0.9'],
  [
    'rollback',
    'rolled_back',
    5,
    { a: 'v0.1.0' },
    'rollback-failed',
    'v0.0.9 was not brought back to production (by tester@desk): v0.1.0 serves',
  ],
] as const)(
  'of a %s that ended as %s web hooks are told what serves',
  async (kind, outcome, exit, hosts, event, text) => {
    const [news, ...more] = await told(kind, outcome, exit, hosts);
    expect(more).toEqual([]);
    expect(news).toMatchObject({
      event,
      outcome,
      exit,
      text,
      content: text,
      who: 'tester@desk',
      environment: 'production',
    });
  },
);

it('of one that was broken off, and goes on without us, nothing is told', async () => {
  expect(await told('deploy', 'not-started', 4, { a: 'v0.1.0' }, AbortSignal.abort())).toEqual([]);
});

it('of one that met another at work, and changed nothing, nothing is told', async () => {
  expect(await told('deploy', 'locked', 7, { a: 'v0.1.0' })).toEqual([]);
});
