import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runProblem } from '../../src/cli/run-problem.ts';
import { LINK_LOST, Problem } from '../../src/core/problem.ts';
import { carryOut } from '../../src/deploy/act.ts';
import type { Host, ScriptOptions } from '../../src/io/ports.ts';
import { eventually } from '../support/eventually.ts';
import { ToyHost, toyStep } from '../support/toy-run.ts';

/** What the user is told of a run over `host`: its exit status and whether the host is said to go on. */
async function told(toy: ToyHost, host: Partial<Host>, seconds = 0) {
  const plan = toy.plan({ forward: [toyStep('slow', 'prepare', `sleep ${seconds}`)] });
  const { signal } = new AbortController();
  const result = await carryOut(plan, { ...toy.host, ...host }, () => {}, signal);
  const problem = runProblem(plan, result, 'production');
  return { outcome: result.outcome, exit: problem?.exit, goesOn: /the host goes on/.test(problem?.why ?? '') };
}

const UNKNOWN = { outcome: 'unknown', exit: 4, goesOn: true };

describe('a client that is cut off', () => {
  it('while it starts the run does not claim that nothing has changed', async () => {
    const toy = new ToyHost();
    const run = async (script: string, options?: ScriptOptions) => {
      await toy.host.run(script, options);
      throw new Problem({ code: LINK_LOST, what: 'lost', fix: 'again', exit: 3 });
    };
    expect(await told(toy, { run })).toEqual(UNKNOWN);
    await isOver(toy);
  });

  it('by a kill of the shell that starts the run does not either', async () => {
    const toy = new ToyHost();
    const run = async () => ({ exitCode: undefined, stdout: '', stderr: '' });
    expect(await told(toy, { run })).toEqual(UNKNOWN);
  });

  it('by a kill of the follower does not take the run for dead', async () => {
    const toy = new ToyHost();
    const running = told(toy, {}, 2);
    await killFollowerIn(toy.folder);
    expect(await running).toEqual(UNKNOWN);
    await isOver(toy);
  });

  it('by nothing at all is told that a runner was killed, and only then', async () => {
    const toy = new ToyHost();
    const plan = toy.plan({ forward: [toyStep('fatal', 'prepare', 'kill -9 "$(cat "$TAGSHIP_RUN/pid")"')] });
    const { outcome } = await toy.carryOut(plan);
    expect(outcome).toBe('interrupted');
  });
});

/** The host goes on by itself; its folder must outlive that. */
function isOver(toy: ToyHost): Promise<void> {
  return eventually(() => toy.read('state/runs/run-1/log').includes('"closed"'), 'the run is over');
}

async function killFollowerIn(folder: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const [program, script = ''] = commandLine(pid);
      if (program === 'sh' && script.startsWith(folder) && script.endsWith('/follow.sh')) {
        process.kill(Number(pid), 'SIGKILL');
        return;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('no follower was seen');
}

function commandLine(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
