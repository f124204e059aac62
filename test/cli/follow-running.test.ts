import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { followRunning } from '../../src/cli/follow-running.ts';
import { environmentOf } from '../support/deploy-facts.ts';
import { ToyHost, toyStep } from '../support/toy-run.ts';

/** As a restore by hand holds it, or a prune, until the test ends. */
async function holdLock({ folder }: ToyHost): Promise<void> {
  const holder = spawn('flock', [join(folder, '.git/tagship/lock'), 'sh', '-c', 'echo held; cat']);
  onTestFinished(() => void holder.stdin.end());
  await once(holder.stdout, 'data');
}

/** What is followed on a host where a run of v0.2.0 has ended, or is at work. */
async function follow(
  kind: 'deploy' | 'rollback',
  tag: string | undefined,
  isAtWork: boolean,
  meanwhile: (toy: ToyHost) => Promise<void> = async () => {},
) {
  const toy = new ToyHost();
  spawnSync('git', ['init', '-q', toy.folder]);
  mkdirSync(join(toy.folder, '.git/tagship'));
  const made = toy.plan({ forward: [toyStep('work', 'prepare', 'while [ ! -e go ]; do sleep 0.1; done')] });
  const plan = { ...made, details: { ...made.details, state: join(toy.folder, '.git/tagship') } };
  const run = toy.carryOut(plan);
  const end = () => toy.write('go', '');
  if (isAtWork) await expect.poll(() => toy.has('.git/tagship/journal.jsonl')).toBe(true);
  else end();
  if (!isAtWork) await run;
  await meanwhile(toy);
  // The run goes on until it is followed.
  const err = (text: string) => {
    if (text.includes('following that')) end();
  };
  const terminal = { out: () => {}, err, interactive: false, colour: false, live: false };
  const context = { cwd: '/', json: false, signal: new AbortController().signal, terminal, version: '0' };
  const config = { ...environmentOf(), path: toy.folder };
  const environment = { name: 'test', config, hosts: [], tagFormat: 'v{version}', notify: [] };
  const wanted = { kind, tag, environment: 'test' };
  const told = await followRunning(context, environment, wanted, [toy.host], []).catch(({ code }) => code);
  end();
  await run;
  return told;
}

it.each([
  ['at work, and the very one', 'deploy', 'v0.2.0', true, 0],
  ['at work, and another', 'deploy', 'v0.3.0', true, 'another'],
  ['over', 'deploy', 'v0.2.0', false, 'over'],
  ['over, and the release to go back to was named', 'rollback', 'v0.1.0', false, 'over'],
  ['over, and a second rollback would go back further', 'rollback', undefined, false, 'just-ended'],
] as const)('a run that was in the way is %s', async (_, kind, tag, isAtWork, told) => {
  expect(await follow(kind, tag, isAtWork)).toBe(told);
});

it.each(['deploy', 'rollback'] as const)(
  'a lock that is held for no run is not one that has just ended (%s)',
  async (kind) => {
    expect(await follow(kind, undefined, false, holdLock)).toBe('held');
  },
);
