import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProblem } from '../../src/cli/run-problem.ts';
import type { RunEvent } from '../../src/core/events.ts';
import { LINK_LOST, Problem } from '../../src/core/problem.ts';
import { carryOut } from '../../src/deploy/act.ts';
import { askUrl } from '../../src/io/ask-url.ts';
import type { Host, ScriptOptions } from '../../src/io/ports.ts';
import { eventually } from '../support/eventually.ts';
import { ToyHost, toyStep } from '../support/toy-run.ts';

/** What the user is told of a run over `host`: its exit status and whether the host is said to go on. */
async function told(toy: ToyHost, run: Host['run'], meanwhile = 'true') {
  const plan = toy.plan({
    forward: [toyStep('slow', 'prepare', `echo one; ${meanwhile}; echo two`), toyStep('last', 'prepare', 'true')],
  });
  const events: RunEvent[] = [];
  const watching = { report: (event: RunEvent) => events.push(event), signal: new AbortController().signal };
  const result = await carryOut(plan, { ...toy.host, run }, { ...watching, patience: 300, ask: askUrl });
  const problem = runProblem(plan, result, 'production');
  const goesOn = /the host goes on/.test(problem?.why ?? '');
  return { told: { outcome: result.outcome, exit: problem?.exit, goesOn }, events };
}

const UNKNOWN = { outcome: 'unknown', exit: 4, goesOn: true };
const SUCCEEDED = { outcome: 'succeeded', exit: undefined, goesOn: false };
const linkLost = () => new Problem({ code: LINK_LOST, what: 'lost', fix: 'again', exit: 3 });
const [WAKES, STARTS] = [':', '\nsaid='];

describe('a client that is cut off', () => {
  it('while it starts the run finds out that it has begun, and follows it', async () => {
    const toy = new ToyHost();
    const run = async (script: string, options?: ScriptOptions) => {
      const result = await toy.host.run(script, options);
      if (script.includes(STARTS)) throw linkLost();
      return result;
    };
    expect((await told(toy, run)).told).toEqual(SUCCEEDED);
  });

  it('before a word of it arrived finds out that nothing has changed, and sees to it that nothing will', async () => {
    const toy = new ToyHost();
    let late = '';
    const run = async (script: string, options?: ScriptOptions) => {
      if (!script.includes(STARTS)) return toy.host.run(script, options);
      late = script;
      throw linkLost();
    };
    await expect(told(toy, run)).rejects.toThrow('could not be started on local; nothing has changed');
    const { exitCode } = await toy.host.run(late);
    expect(exitCode).toBe(1);
    expect(existsSync(join(toy.state, 'journal.jsonl'))).toBe(false);
  });

  it('after it found out that the run never begins finds it out again', async () => {
    const toy = new ToyHost();
    let cuts = 0;
    const run = async (script: string, options?: ScriptOptions) => {
      const isCut = script !== WAKES && cuts < 2;
      // The second cut takes the follower's answer away.
      if (isCut && !script.includes(STARTS)) await toy.host.run(script, options);
      if (!isCut) return toy.host.run(script, options);
      cuts += 1;
      throw linkLost();
    };
    await expect(told(toy, run)).rejects.toThrow('could not be started on local; nothing has changed');
  });

  it('by a reboot is told so, although the number of the runner is that of another process now', async () => {
    const toy = new ToyHost();
    const run = async (script: string, options?: ScriptOptions) => {
      if (!script.includes(STARTS)) return toy.host.run(script, options);
      const folder = join(toy.state, 'runs/run-1');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'pid'), String(process.pid));
      writeFileSync(join(folder, 'log'), '= {"type":"started","list":"forward","step":"slow"}\n');
      throw linkLost();
    };
    expect((await told(toy, run)).told).toEqual({ outcome: 'interrupted', exit: 4, goesOn: false });
  });

  it('for good while it starts the run does not claim that nothing has changed', async () => {
    const toy = new ToyHost();
    const run = async (script: string, options?: ScriptOptions) => {
      if (script === WAKES || script.includes(STARTS)) await toy.host.run(script, options);
      if (script !== WAKES) throw linkLost();
      return { exitCode: 0, stdout: '', stderr: '' };
    };
    expect((await told(toy, run)).told).toEqual(UNKNOWN);
    await isOver(toy);
  });

  it('by a connection that cannot be made anew before anything was sent says that nothing has changed', async () => {
    const run = () => Promise.reject(new Problem({ code: 'host-unreachable', what: 'gone', fix: 'ssh', exit: 3 }));
    await expect(told(new ToyHost(), run)).rejects.toThrow(
      expect.objectContaining({ what: 'gone; nothing has changed there', exit: 3 }),
    );
  });

  it('while another host was deployed to connects anew, and goes on', async () => {
    const toy = new ToyHost();
    let isLost = true;
    const run = async (script: string, options?: ScriptOptions) => {
      if (!isLost) return toy.host.run(script, options);
      isLost = false;
      throw linkLost();
    };
    expect((await told(toy, run)).told).toEqual(SUCCEEDED);
  });

  it('in the middle reads on from where it was, and tells every line once', async () => {
    const toy = new ToyHost();
    let cuts = 0;
    const run = async (script: string, options: ScriptOptions = {}) => {
      if (script === WAKES || script.includes(STARTS) || cuts > 3) return toy.host.run(script, options);
      cuts += 1;
      const link = new AbortController();
      const onLine = (line: string) => {
        options.onLine?.(line);
        link.abort(linkLost());
      };
      return toy.host.run(script, { ...options, onLine, signal: link.signal });
    };
    const { told: end, events } = await told(toy, run, 'sleep 1');
    expect(end).toEqual(SUCCEEDED);
    expect(
      events.filter(({ type }) => type !== 'note').map((event) => `${event.type} ${'line' in event ? event.line : ''}`),
    ).toEqual(['step-started ', 'output one', 'output two', 'step-done ', 'step-started ', 'step-done ']);
    expect(events.find(({ type }) => type === 'note')).toMatchObject({
      text: expect.stringContaining('trying to get back'),
    });
  });

  it('by a kill of the follower follows again', async () => {
    const toy = new ToyHost();
    const running = told(toy, toy.host.run, 'while [ ! -e go ]; do sleep 0.1; done');
    // What starts a run is a script over standard input as well, with files of the run open.
    await eventually(
      () => toy.has('state/runs/run-1/log') && toy.read('state/runs/run-1/log').includes('"started"'),
      'it runs',
    );
    await killFollowerIn(toy.folder);
    writeFileSync(join(toy.folder, 'go'), '');
    expect((await running).told).toEqual(SUCCEEDED);
  });

  it('by nothing at all is told that a runner was killed, and only then', async () => {
    const toy = new ToyHost();
    const kill =
      'while [ ! -s "$TAGSHIP_RUN/watcher" ]; do sleep 0.1; done; kill -9 $(cat "$TAGSHIP_RUN/watcher" "$TAGSHIP_RUN/pid")';
    const plan = toy.plan({ forward: [toyStep('fatal', 'prepare', kill)] });
    const { outcome } = await toy.carryOut(plan);
    expect(outcome).toBe('interrupted');
  });
});

describe('a run that the host has no room for', () => {
  it('is not started, and nothing has changed', async () => {
    const toy = new ToyHost();
    // The runner finds no place for the number it is followed by.
    const run = (script: string, options?: ScriptOptions) =>
      toy.host.run(script.replace(/^said=/m, `mkdir ${toy.state}/runs/run-1/pid\nsaid=`), options);
    await expect(told(toy, run)).rejects.toThrow('nothing has changed');
    expect(existsSync(join(toy.state, 'journal.jsonl'))).toBe(false);
  });
});

it('a run that begins is followed, whatever launches it has to say first', async () => {
  const toy = new ToyHost();
  const run = (script: string, options?: ScriptOptions) =>
    toy.host.run(script.replace('said=$(setsid', 'said=$(echo "setsid: a warning"; setsid'), options);
  expect((await told(toy, run)).told).toEqual(SUCCEEDED);
});

/** The host goes on by itself; its folder must outlive that. */
function isOver(toy: ToyHost): Promise<void> {
  return eventually(() => toy.read('state/runs/run-1/log').includes('"closed"'), 'the run is over');
}

function killFollowerIn(folder: string): Promise<void> {
  return eventually(() => {
    // Seen twice: what it starts looks the same for a moment, and may be seen before it. It is the parent of them.
    const seen = followersIn(folder);
    const now = followersIn(folder);
    const follower = now.find((pid) => seen.includes(pid) && !now.includes(parentOf(pid)));
    return follower !== undefined && process.kill(follower, 'SIGKILL');
  }, 'a follower is seen');
}

/** The only script that comes over standard input and has the log of a run open. */
function followersIn(folder: string): readonly number[] {
  const isFollower = (pid: string) => {
    const [program, option] = commandLine(pid);
    return (
      program === 'sh' && option === '-s' && openFiles(pid).some((file) => file === `${folder}/state/runs/run-1/log`)
    );
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && isFollower(name))
    .map(Number);
}

function parentOf(pid: number): number {
  try {
    return Number(/^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return 0;
  }
}

function commandLine(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

function openFiles(pid: string): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((number) => readlinkSync(`/proc/${pid}/fd/${number}`));
  } catch {
    return [];
  }
}
