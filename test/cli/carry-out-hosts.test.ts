import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { carryOutHosts } from '../../src/cli/carry-out-hosts.ts';
import { Problem, Refusals } from '../../src/core/problem.ts';
import type { DeployPlan } from '../../src/deploy/plan-shape.ts';
import { environmentOf } from '../support/deploy-facts.ts';
import { ToyHost, toyStep } from '../support/toy-run.ts';

const silent = { out: () => {}, err: () => {}, interactive: false, colour: false, live: false };
const environment = {
  name: 'production',
  config: environmentOf(),
  hosts: [{ written: 'local' }],
  tagFormat: 'v{version}',
  notify: [],
};

/**
 * What is told of a run on a host where somebody else's holds the lock, until it is let go.
 * @param next what becomes of the plan that is made anew, once the other run is over; without it nothing is waited for
 */
async function overtaken(next?: (plan: DeployPlan, stop: AbortController) => DeployPlan) {
  const toy = new ToyHost();
  const first = toy.carryOut(
    toy.plan({ forward: [toyStep('hold', 'prepare', 'while [ ! -e go ]; do sleep 0.1; done')] }),
  );
  const letGo = () => writeFileSync(join(toy.folder, 'go'), '');
  await expect.poll(() => toy.journal().length).toBeGreaterThan(0);
  let said = '';
  const terminal = { ...silent, err: (text: string) => (said += text) };
  const stop = new AbortController();
  const context = { cwd: '/', json: false, signal: stop.signal, terminal, version: '0' };
  const second = () => toy.plan({ forward: [toyStep('two', 'change', 'true')] });
  const replan = async () => {
    letGo();
    await first;
    return [{ host: toy.host, plan: next?.(second(), stop) ?? second() }];
  };
  const [report] = await carryOutHosts(context, environment, [{ host: toy.host, plan: second() }], next && replan);
  letGo();
  await first;
  return { report, said };
}

it('a host on which another run came between the look and the start is waited for and looked at again, when told to', async () => {
  const { report, said } = await overtaken((plan) => plan);
  expect(report).toMatchObject({ outcome: 'succeeded', exit: 0, serves: 'v0.2.0' });
  expect(said).not.toContain('✘');
});

it('and is told as locked otherwise: exit 7, and what serves is not known', async () => {
  const { report } = await overtaken();
  expect(report).toMatchObject({ outcome: 'locked', exit: 7, serves: undefined });
});

it('and is told what the second look is refused for: exit 3, and what the first saw serving is not told', async () => {
  const refused = (code: string) => new Problem({ code, what: `it is ${code}`, fix: 'mend it', exit: 3 });
  const { report, said } = await overtaken(() => {
    throw new Refusals([refused('older'), refused('dirty')]);
  });
  expect(report).toMatchObject({ outcome: 'failed', exit: 3, serves: undefined, problem: { code: 'older' } });
  expect(said).toContain('it is older');
  expect(said).toContain('it is dirty');
});

it('and is told as interrupted when a Ctrl-C ends the waiting: exit 130, no bug', async () => {
  const { report, said } = await overtaken((_, stop) => {
    stop.abort();
    throw new Problem({ code: 'locked', what: 'another deployment is at work', fix: 'wait', exit: 7 });
  });
  expect(report).toMatchObject({ outcome: 'failed', exit: 130, problem: { code: 'interrupted' } });
  expect(said).not.toContain('bug');
});

it('and of others that were to be looked at again when a Ctrl-C came, no run is told to wait for us', async () => {
  const toy = new ToyHost();
  const guard = toyStep('guard', 'prepare', 'echo "another run has begun since the plan was made"; exit 1');
  const planned = ['one', 'two'].map((host) => {
    const plan = toy.plan({ forward: [guard] });
    return { host: toy.host, plan: { ...plan, details: { ...plan.details, host } } };
  });
  let said = '';
  const terminal = { ...silent, err: (text: string) => (said += text) };
  const stop = new AbortController();
  const context = { cwd: '/', json: false, signal: stop.signal, terminal, version: '0' };
  const replan = async () => {
    stop.abort();
    throw stop.signal.reason;
  };
  const reports = await carryOutHosts(context, environment, planned, replan);
  expect(reports.map(({ exit }) => exit)).toEqual([130, 130]);
  expect(said).toContain('nothing is changed there');
  expect(said).not.toContain('waits for us');
});

it('a host on which another run came and went meanwhile is not told to serve what it served before that', async () => {
  const toy = new ToyHost();
  const plan = toy.plan({
    forward: [toyStep('guard', 'prepare', 'echo "another run has begun since the plan was made"; exit 1')],
  });
  const context = { cwd: '/', json: false, signal: new AbortController().signal, terminal: silent, version: '0' };
  const [report] = await carryOutHosts(context, environment, [{ host: toy.host, plan }], undefined);
  expect(report).toMatchObject({ outcome: 'failed', exit: 3, serves: undefined });
});

it('a git that is left open on the host is told at once, and not waited for as if it were another deployment', async () => {
  const toy = new ToyHost();
  const step = toyStep('guard', 'prepare', 'echo "another git is at work in /opt/app (index.lock exists)"; exit 1');
  let said = '';
  const terminal = { ...silent, err: (text: string) => (said += text) };
  const context = { cwd: '/', json: false, signal: new AbortController().signal, terminal, version: '0' };
  const planned = [{ host: toy.host, plan: toy.plan({ forward: [step] }) }];
  const replan = async () => {
    throw new Error('it is tried again');
  };
  const [report] = await carryOutHosts(context, environment, planned, replan);
  expect(report).toMatchObject({ outcome: 'failed', exit: 3 });
  expect(said).toContain('another git is at work in /opt/app');
  expect(said).not.toContain('another deployment');
});

it('a host that waits for its images when we are interrupted is let go, and nothing else is claimed of it', async () => {
  const toy = new ToyHost();
  const images = {
    ...toyStep('images', 'prepare', ''),
    call: ['wait_for_word', 'images', 'there', '20'] as [string, ...string[]],
  };
  const plan = toy.plan({ forward: [images, toyStep('change', 'change', 'touch changed')] });
  const stop = new AbortController();
  // As a docker that got the Ctrl-C, too.
  const deliver = async () => {
    stop.abort();
    throw new Problem({ code: 'docker-failed', what: 'docker image save failed here', fix: '', exit: 3 });
  };
  let said = '';
  const terminal = { ...silent, err: (text: string) => (said += text) };
  const context = { cwd: '/', json: false, signal: stop.signal, terminal, version: '0' };
  const [report] = await carryOutHosts(context, environment, [{ host: toy.host, plan, deliver }], undefined);
  expect(report).toMatchObject({
    outcome: 'not-started',
    exit: 130,
    serves: 'v0.1.0',
    problem: { code: 'interrupted' },
  });
  expect(said).toContain('nothing is changed there');
  expect(said).toContain('a run that waits for us is told to let go');
  expect(said).not.toMatch(/docker|goes on by itself/);
  await expect.poll(() => toy.history()).toMatchObject([{ outcome: 'failed', failedStep: 'images' }]);
  expect(toy.has('changed')).toBe(false);
});

it('the guard on the host says in these words that it has moved on', () => {
  const guard = readFileSync(new URL('../../src/deploy/host/steps/guard.sh', import.meta.url), 'utf8');
  expect(guard.match(/fail "[^"]* since the plan was made/g)?.length).toBeGreaterThanOrEqual(3);
});
