import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { carryOutOn } from '../../src/cli/carry-out-on.ts';
import { environmentOf } from '../support/deploy-facts.ts';
import { ToyHost, toyStep } from '../support/toy-run.ts';

const environment = { name: 'production', config: environmentOf(), tagFormat: 'v{version}' };

/** What is told of a run on a host where somebody else's holds the lock, until it is let go. */
async function overtaken(waits: boolean) {
  const toy = new ToyHost();
  const first = toy.carryOut(
    toy.plan({ forward: [toyStep('hold', 'prepare', 'while [ ! -e go ]; do sleep 0.1; done')] }),
  );
  const letGo = () => writeFileSync(join(toy.folder, 'go'), '');
  await expect.poll(() => toy.journal().length).toBeGreaterThan(0);
  let said = '';
  const terminal = {
    out: () => {},
    err: (text: string) => (said += text),
    interactive: false,
    colour: false,
    live: false,
  };
  const context = { cwd: '/', json: false, signal: new AbortController().signal, terminal, version: '0' };
  const second = () => toy.plan({ forward: [toyStep('two', 'change', 'true')] });
  const replan = async () => {
    letGo();
    await first;
    return second();
  };
  const report = await carryOutOn(context, environment, { host: toy.host, plan: second() }, waits ? replan : undefined);
  letGo();
  await first;
  return { report, said };
}

it('a host on which another run came between the look and the start is waited for and looked at again, when told to', async () => {
  const { report, said } = await overtaken(true);
  expect(report).toMatchObject({ outcome: 'succeeded', exit: 0, serves: 'v0.2.0' });
  expect(said).not.toContain('✘');
});

it('and is told as locked otherwise: exit 7', async () => {
  expect((await overtaken(false)).report).toMatchObject({ outcome: 'locked', exit: 7 });
});
