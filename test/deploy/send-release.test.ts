import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RunEvent } from '../../src/core/events.ts';
import { carryOut } from '../../src/deploy/act.ts';
import type { DeployPlan } from '../../src/deploy/plan-shape.ts';
import { sendRelease, tagsHere } from '../../src/deploy/send-release.ts';
import { openGit } from '../../src/io/git.ts';
import { GitFailure } from '../../src/io/git-failure.ts';
import type { Host } from '../../src/io/ports.ts';
import { ToyHost, toyStep } from '../support/toy-run.ts';

function git(cwd: string, ...args: readonly string[]): string {
  const identity = ['-c', 'user.name=T', '-c', 'user.email=t@example.com'];
  const { status, stdout, stderr } = spawnSync('git', [...identity, ...args], { cwd });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout.toString().trim();
}

/** A repository here, and a host whose clone has its first release and no way to fetch another. */
class Sending {
  readonly here = mkdtempSync(join(tmpdir(), 'tagship-here-'));
  readonly toy = new ToyHost();
  readonly events: RunEvent[] = [];
  /** Bytes that were fed to the host. */
  sent = 0;

  constructor() {
    onTestFinished(() => rmSync(this.here, { recursive: true, force: true }));
    git(this.here, 'init', '-q', '-b', 'main');
    // Large and incompressible: what is sent twice shows.
    this.release('v0.1.0', 'first', Array.from({ length: 30_000 }, Math.random).join(''));
    const url = this.here;
    writeFileSync(join(this.toy.folder, '.gitkeep'), '');
    git(this.toy.folder, 'init', '-q', '-b', 'main');
    git(this.toy.folder, 'fetch', '-q', url, 'v0.1.0:refs/tags/v0.1.0');
    git(this.toy.folder, 'checkout', '-q', '--force', 'v0.1.0');
  }

  release(tag: string, file: string, content: string): void {
    writeFileSync(join(this.here, file), content);
    git(this.here, 'add', '-A');
    git(this.here, 'commit', '-q', '-m', tag);
    git(this.here, 'tag', '-a', tag, '-m', tag);
  }

  async plan(tag: string): Promise<DeployPlan> {
    const found = (await tagsHere(openGit(this.here, process.env))).find((one) => one.tag === tag);
    if (found?.object === undefined) throw new Error(`no tag ${tag}`);
    const take = toyStep('fetch', 'prepare', `take_tag '${tag}' ${found.object} ${found.commit}`);
    const plan = this.toy.plan({ forward: [take] });
    return { ...plan, details: { ...plan.details, sent: found.object, about: { ...plan.details.about, tag } } };
  }

  async send(plan: DeployPlan, host: Partial<Host> = {}, signal = new AbortController().signal): Promise<void> {
    const feed: Host['feed'] = (script, input, options) => {
      const count = async function* (bytes: AsyncIterable<Buffer>) {
        for await (const piece of bytes) {
          this_.sent += piece.length;
          yield piece;
        }
      };
      return this.toy.host.feed(script, count(input), options);
    };
    const this_ = this;
    const report = (event: RunEvent) => this.events.push(event);
    await sendRelease(openGit(this.here, process.env), { ...this.toy.host, feed, ...host }, plan, report, signal);
  }

  hasTag = (tag: string) => git(this.toy.folder, 'tag', '--list', tag) === tag;
}

describe('a release that is sent', () => {
  it('is taken although a git that was killed while it took it before has left its lock', async () => {
    const sending = new Sending();
    sending.release('v0.2.0', 'second', 'small');
    const plan = await sending.plan('v0.2.0');
    await sending.send(plan);
    const lock = join(sending.toy.folder, '.git/refs/tags/v0.2.0.lock');
    writeFileSync(lock, '');
    expect((await sending.toy.carryOut(plan)).outcome).toBe('succeeded');
    expect([sending.hasTag('v0.2.0'), existsSync(lock)]).toEqual([true, false]);
  });

  it('is there once the run has taken it, and only what the host lacked was sent', async () => {
    const sending = new Sending();
    sending.release('v0.2.0', 'second', 'small');
    const plan = await sending.plan('v0.2.0');
    await sending.send(plan);
    expect(sending.hasTag('v0.2.0')).toBe(false);
    expect((await sending.toy.carryOut(plan)).outcome).toBe('succeeded');
    expect(sending.hasTag('v0.2.0')).toBe(true);
    expect(git(sending.toy.folder, 'show', 'v0.2.0:second')).toBe('small');
    expect(sending.sent).toBeLessThan(2_000);
    const types = new Set(sending.events.map(({ type }) => type));
    expect([...types]).toEqual(['step-started', 'progress', 'step-done']);
  });

  it('is not sent again when it is there whole', async () => {
    const sending = new Sending();
    await sending.send(await sending.plan('v0.1.0'));
    expect(sending.sent).toBe(0);
  });

  it('reaches a clone that has nothing of it', async () => {
    const sending = new Sending();
    rmSync(join(sending.toy.folder, '.git'), { recursive: true });
    git(sending.toy.folder, 'init', '-q', '-b', 'main');
    git(sending.toy.folder, 'commit', '-q', '--allow-empty', '-m', 'of another history');
    const plan = await sending.plan('v0.1.0');
    await sending.send(plan);
    expect((await sending.toy.carryOut(plan)).outcome).toBe('succeeded');
  });

  it('that never arrived is not taken, and nothing has changed', async () => {
    const sending = new Sending();
    sending.release('v0.2.0', 'second', 'small');
    const { outcome, failed } = await sending.toy.carryOut(await sending.plan('v0.2.0'));
    expect([outcome, failed?.lines]).toEqual(['failed', ['v0.2.0 is not here whole: it has to be sent again']]);
  });

  it('that breaks off on its way leaves no half of it', async () => {
    const sending = new Sending();
    sending.release('v0.2.0', 'second', Array.from({ length: 30_000 }, Math.random).join(''));
    const torn: Host['feed'] = (script, input, options) => {
      const half = async function* () {
        for await (const piece of input) yield piece.subarray(0, Math.floor(piece.length / 2));
      };
      return sending.toy.host.feed(script, half(), options);
    };
    const before = readdirSync(join(sending.toy.folder, '.git/objects/pack'));
    const plan = await sending.plan('v0.2.0');
    await expect(sending.send(plan, { feed: torn })).rejects.toMatchObject({ code: 'send-failed', exit: 3 });
    const packs = readdirSync(join(sending.toy.folder, '.git/objects/pack')).filter((name) => name.endsWith('.pack'));
    expect(packs).toEqual(before.filter((name) => name.endsWith('.pack')));
    expect((await sending.toy.carryOut(plan)).outcome).toBe('failed');
  });

  it.each([
    ['us alone', false],
    ['the git here, too', true],
  ])('is not sent on after a Ctrl-C that reaches %s, and no run begins', async (_, reachesGit) => {
    const sending = new Sending();
    sending.release('v0.2.0', 'second', Array.from({ length: 300_000 }, Math.random).join(''));
    const plan = await sending.plan('v0.2.0');
    const stop = new AbortController();
    const feed: Host['feed'] = (script, input, options) => {
      const interrupting = async function* () {
        for await (const piece of input) {
          yield piece;
          stop.abort();
          if (reachesGit) throw new GitFailure(['bundle'], { exitCode: 1, stdout: '', stderr: 'ended by SIGINT' });
        }
      };
      return sending.toy.host.feed(script, interrupting(), options);
    };
    const told = { code: 'interrupted', exit: 130 };
    await expect(sending.send(plan, { feed }, stop.signal)).rejects.toMatchObject(told);
    await expect(sending.toy.carryOut(plan, stop.signal)).rejects.toMatchObject(told);
    expect(existsSync(join(sending.toy.state, 'runs'))).toBe(false);
  });

  it('is not begun to be deployed where the Ctrl-C came with its last byte', async () => {
    const toy = new ToyHost();
    const stop = new AbortController();
    const watching = { report: () => {}, patience: 1_000, ask: async () => 'nobody is asked', signal: stop.signal };
    const awake = Promise.resolve().then(() => stop.abort());
    const plan = toy.plan({ forward: [toyStep('fetch', 'prepare', 'true')] });
    await expect(carryOut(plan, toy.host, { ...watching, awake })).rejects.toMatchObject({ code: 'interrupted' });
    expect(existsSync(join(toy.state, 'runs'))).toBe(false);
  });

  it('is the tag that was planned, light ones and hostile names too', async () => {
    const sending = new Sending();
    const name = `v0.2.0-it's-$(touch${'\t'.trim()}x)`;
    git(sending.here, 'commit', '-q', '--allow-empty', '-m', 'light');
    git(sending.here, 'tag', name);
    git(sending.here, 'tag', 'of-a-tree', 'HEAD^{tree}');
    expect((await tagsHere(openGit(sending.here, process.env))).map(({ tag }) => tag)).toEqual(['v0.1.0', name]);
    const quoted = await sending.plan(name);
    const [fetch] = quoted.details.forward;
    const call = [
      'take_tag',
      name,
      quoted.details.sent ?? '',
      git(sending.here, 'rev-parse', `refs/tags/${name}`),
    ] as const;
    const plan = { ...quoted, details: { ...quoted.details, forward: [{ ...fetch, call }] } } as DeployPlan;
    await sending.send(plan);
    expect((await sending.toy.carryOut(plan)).outcome).toBe('succeeded');
    expect(sending.hasTag(name)).toBe(true);
  });
});
