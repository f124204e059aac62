import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ToyHost, toyStep } from '../support/toy-run.ts';

/** A clone with two commits: the first has `app`, the second what is told. */
class ToyClone extends ToyHost {
  readonly old: string;
  readonly new: string;

  constructor(files: Readonly<Record<string, string>>) {
    super();
    this.git('init', '-q', '-b', 'main');
    writeFileSync(join(this.folder, '.git', 'info', 'exclude'), '/state\n.env\n*.secret\n');
    this.old = this.commit({ app: 'old' });
    this.new = this.commit({ app: 'new', ...files });
    this.git('checkout', '-q', this.old);
  }

  put(path: string, content: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), content);
  }

  git(...args: string[]): string {
    const identity = ['-c', 'user.name=T', '-c', 'user.email=t@example.com'];
    const { status, stdout, stderr } = spawnSync('git', [...identity, ...args], { cwd: this.folder });
    if (status !== 0) throw new Error(stderr.toString());
    return stdout.toString().trim();
  }

  /** Runs steps of the given calls: those before the first change prepare. */
  async steps(prepare: readonly string[], change: readonly string[] = [], revert: readonly string[] = []) {
    const of = (kind: 'prepare' | 'change', calls: readonly string[]) =>
      calls.map((call, index) => toyStep(`${kind}-${index}`, kind, call));
    const forward = [...of('prepare', prepare), ...of('change', change)];
    const { outcome, failed } = await this.carryOut(this.plan({ forward, revert: of('change', revert) }));
    return { outcome, said: failed?.lines.join('\n') ?? '' };
  }

  /** A commit on top of `new`, which is checked out again. */
  release(files: Readonly<Record<string, string>>): string {
    this.git('checkout', '-q', this.new);
    const made = this.commit(files);
    this.git('checkout', '-q', this.new);
    return made;
  }

  /** As a merge leaves it that nobody has ended. */
  conflict(path: string, blob: string): void {
    const stages = [1, 2, 3].map((stage) => `100644 ${blob} ${stage}\t${path}\n`).join('');
    const removal = `0 ${'0'.repeat(40)}\t${path}\n`;
    spawnSync('git', ['update-index', '--index-info'], { cwd: this.folder, input: `${removal}${stages}` });
  }

  private commit(files: Readonly<Record<string, string>>): string {
    for (const [path, content] of Object.entries(files)) this.put(path, content);
    this.git('add', '-f', '--', ...Object.keys(files));
    this.git('commit', '-q', '-m', 'c');
    return this.git('rev-parse', 'HEAD');
  }
}

describe('a release that brings a file which stands on the host untracked', () => {
  it.each([
    ['ignored', { '.env': 'theirs' }, '.env'],
    ['not ignored', { 'settings.ini': 'theirs' }, 'settings.ini'],
    ['in a folder where the release has a file', { data: 'theirs' }, 'data/rows.secret'],
    ['where the release has a folder', { 'key.secret/a/b': 'theirs' }, 'key.secret'],
  ] as const)('%s, is refused before anything changed', async (_which, brought, here) => {
    const clone = new ToyClone(brought as Record<string, string>);
    clone.put(here, 'ours');
    const { outcome, said } = await clone.steps([`check_room ${clone.new}`], [`check_out ${clone.new}`]);
    expect(outcome).toBe('failed');
    expect(said).toContain(`files that stand here untracked: ${here}`);
    expect(clone.read(here)).toBe('ours');
    expect(clone.read('app')).toBe('old');
  });

  it('behind a link to another disk, is refused too', async () => {
    const clone = new ToyClone({ 'data/rows': 'theirs' });
    const disk = join(clone.folder, 'state', 'disk');
    mkdirSync(disk);
    symlinkSync(disk, join(clone.folder, 'data'));
    expect((await clone.steps([`check_room ${clone.new}`])).outcome).toBe('failed');
  });

  it('is checked out where the host has nothing of the kind', async () => {
    const clone = new ToyClone({ '.env': 'theirs', 'data/rows': 'theirs' });
    const { outcome } = await clone.steps([`check_room ${clone.new}`], [`check_out ${clone.new}`]);
    expect(outcome).toBe('succeeded');
    expect(clone.read('.env')).toBe('theirs');
  });

  it('that came after the rehearsal, does not replace it, and the way back does not remove it', async () => {
    const clone = new ToyClone({ '.env': 'theirs' });
    const late = `echo ours >.env; check_out ${clone.new}`;
    const back = `check_out_again ${clone.old} ${clone.new}`;
    const { outcome } = await clone.steps([`check_room ${clone.new}`], [late], [back]);
    expect(outcome).toBe('rolled_back');
    expect(clone.read('.env')).toBe('ours\n');
  });
});

it('a file that git cannot write fails the checkout, although git ends as if all went well', async () => {
  const clone = new ToyClone({ bad: 'cannot be read' });
  const blob = clone.git('rev-parse', `${clone.new}:bad`);
  rmSync(join(clone.folder, '.git/objects', blob.slice(0, 2), blob.slice(2)));
  const revert = [`check_out_again ${clone.old} ${clone.new}`];
  const { outcome, said } = await clone.steps([], [`check_out ${clone.new}`], revert);
  expect(said).toMatch(/^error: .*\bbad\b.*\n/m);
  expect(outcome).toBe('rolled_back');
  expect(clone.read('app')).toBe('old');
});

it('on the way back, what came to a place the release had left empty is kept', async () => {
  const clone = new ToyClone({ '.env': 'theirs' });
  // The other way round: from the commit that has the file to the one that has not, and back.
  clone.git('checkout', '-q', clone.new);
  const revert = [`check_out_again ${clone.new} ${clone.old}`];
  const { outcome } = await clone.steps([], [`check_out ${clone.old}`, 'echo ours >.env; false'], revert);
  expect(outcome).toBe('rolled_back');
  expect(clone.read('.env')).toBe('theirs');
  expect(clone.read('state/set-aside/run-1/.env')).toBe('ours\n');
});

describe('what was edited on the host', () => {
  const NAMES = ['a b', 'qu\'o"te$(x)', 'new\nline', '-dash', 'ünï'];
  const edited = () => {
    const clone = new ToyClone(Object.fromEntries(NAMES.map((name) => [name, 'of the release'])));
    // The release that stands there has them already; the next changes them.
    const next = clone.release(Object.fromEntries(['app', ...NAMES].map((name) => [name, 'of the next'])));
    for (const name of NAMES) clone.put(name, 'ours');
    clone.put('added', 'ours');
    clone.git('add', 'added');
    return { clone, next };
  };
  const state = (clone: ToyClone) => clone.git('status', '--porcelain', '-z', '--untracked-files=no');

  it('does not hinder a release, is kept whole, and comes back by its ref', async () => {
    const { clone, next } = edited();
    const before = state(clone);
    expect((await clone.steps([`check_room ${next}`, 'check_edits'], [`check_out ${next}`])).outcome).toBe('succeeded');
    expect(NAMES.map((name) => clone.read(name))).toEqual(NAMES.map(() => 'of the next'));
    expect([state(clone), clone.has('added')]).toEqual(['', false]);
    clone.git('checkout', '-q', clone.new);
    clone.git('stash', 'apply', '-q', '--index', 'refs/tagship/kept/run-1');
    expect(state(clone)).toBe(before);
    expect([...NAMES, 'added'].map((name) => clone.read(name))).toEqual([...NAMES, 'added'].map(() => 'ours'));
  });

  it.each([
    ['was ended before it was kept', 'false'],
    ['could not be kept', 'mkdir -p .git/refs/tagship && : >.git/refs/tagship/kept; $CHECK_OUT'],
  ])('stays in its place on the way back of a run that %s', async (_how, change) => {
    const { clone, next } = edited();
    const before = state(clone);
    const back = `check_out_again ${clone.new} ${next}`;
    const { outcome } = await clone.steps([], [change.replace('$CHECK_OUT', `check_out ${next}`)], [back, back]);
    expect(outcome).toBe('rolled_back');
    expect(state(clone)).toBe(before);
    expect([...NAMES, 'added'].map((name) => clone.read(name))).toEqual([...NAMES, 'added'].map(() => 'ours'));
  });

  it('is in its place again on the way back, however often that is gone', async () => {
    const { clone, next } = edited();
    const before = state(clone);
    const back = `check_out_again ${clone.new} ${next}`;
    const { outcome } = await clone.steps([], [`check_out ${next}`, 'false'], [back, back]);
    expect(outcome).toBe('rolled_back');
    expect(state(clone)).toBe(before);
    expect([...NAMES, 'added'].map((name) => clone.read(name))).toEqual([...NAMES, 'added'].map(() => 'ours'));
  });

  describe.each(['--assume-unchanged', '--skip-worktree'])('and hidden from git by update-index %s', (how) => {
    const hidden = (next: Readonly<Record<string, string>> = {}) => {
      const clone = new ToyClone({ cfg: 'of the release' });
      const to = clone.release({ app: 'of the next', ...next });
      clone.put('cfg', 'ours');
      clone.git('update-index', how, 'cfg');
      return { clone, to };
    };

    it('is in its place again on the way back', async () => {
      const { clone, to } = hidden();
      const back = `check_out_again ${clone.new} ${to}`;
      const prepare = [`guard_checkout ${clone.new} ''`, `check_room ${to}`, 'check_edits'];
      const { outcome } = await clone.steps(prepare, [`check_out ${to}`, 'false'], [back, back]);
      expect(outcome).toBe('rolled_back');
      expect([clone.read('app'), clone.read('cfg')]).toEqual(['new', 'ours']);
    });

    it('is not lost to a release that changes it', async () => {
      const { clone, to } = hidden({ cfg: 'of the next' });
      const { outcome } = await clone.steps([`check_room ${to}`, 'check_edits'], [`check_out ${to}`]);
      // One that git never looks for is in the way of it, and refused.
      expect(outcome).toBe(how === '--assume-unchanged' ? 'succeeded' : 'failed');
      if (outcome === 'succeeded') expect(clone.git('show', 'refs/tagship/kept/run-1:cfg')).toBe('ours');
      else expect(clone.read('cfg')).toBe('ours');
    });

    it('is not lost after a run that was interrupted', async () => {
      const { clone } = hidden();
      expect((await clone.steps([`guard_interrupted ${clone.new} '' none`])).outcome).toBe('succeeded');
      if (clone.read('cfg') !== 'ours') expect(clone.read('state/set-aside/run-1/edits.patch')).toContain('+ours');
    });
  });

  it('and cannot be kept, a merge that is under way, is refused before anything changed', async () => {
    const { clone, next } = edited();
    clone.git('reset', '-q', '--hard');
    const blob = clone.git('rev-parse', 'HEAD:app');
    clone.conflict('app', blob);
    const { outcome, said } = await clone.steps(['check_edits'], [`check_out ${next}`]);
    expect(outcome).toBe('failed');
    expect(said).toContain('what was edited here cannot be kept');
  });
});

it('on the way back, what a checkout had brought before it was killed is taken away, whole or half, and nothing else', async () => {
  const clone = new ToyClone({ 'new/whole': 'of the release', 'new/half': 'of the release', 'new/other': 'theirs' });
  const killed =
    'begin_checkout; mkdir new; printf "of the release" >new/whole; printf "of the" >new/half; echo ours >new/other; false';
  const { outcome } = await clone.steps([], [killed], [`check_out_again ${clone.old} ${clone.new}`]);
  expect(outcome).toBe('rolled_back');
  expect(readdirSync(join(clone.folder, 'new'))).toEqual(['other']);
  expect(clone.read('new/other')).toBe('ours\n');
});

it('image names are given back only by a run that came to the images: what it knows of them may be long past', async () => {
  const clone = new ToyClone({});
  const tell = 'restore_images() { echo "$@" >>given-back; }';
  const forward = (call: string) => [toyStep('one', 'prepare', call)];
  const undo = [toyStep('images', 'prepare', `${tell}; undo_images app sha256:1`)];
  await clone.carryOut(clone.plan({ forward: forward('false'), undo }));
  expect(existsSync(join(clone.folder, 'given-back'))).toBe(false);
  await clone.carryOut(clone.plan({ forward: forward('compose() { false; }; get_images'), undo }));
  expect(clone.read('given-back')).toBe('app sha256:1\n');
});

describe('the guard', () => {
  const guards = ['guard_checkout', 'guard_interrupted'] as const;

  it.each(guards)('%s lets a plan through that is made after the last run', async (guard) => {
    const clone = new ToyClone({});
    expect((await clone.steps([`${guard} ${clone.old} '' none`])).outcome).toBe('succeeded');
    expect((await clone.steps([`${guard} ${clone.old} run-1 none`])).outcome).toBe('succeeded');
  });

  it.each(guards)('%s refuses a plan that is older than another run', async (guard) => {
    const clone = new ToyClone({});
    await clone.steps(['true']);
    const { outcome, said } = await clone.steps([`${guard} ${clone.old} '' none`]);
    expect(outcome).toBe('failed');
    expect(said).toContain('another run has begun since the plan was made: run the command again');
  });

  it.each(guards)('%s refuses a plan made of another checkout', async (guard) => {
    const clone = new ToyClone({});
    const { outcome, said } = await clone.steps([`${guard} ${clone.new} '' none`]);
    expect(outcome).toBe('failed');
    expect(said).toContain('the checkout has moved');
  });

  it('keeps the edits that an interrupted run left, for good', async () => {
    const clone = new ToyClone({});
    clone.put('app', 'half');
    expect((await clone.steps([`guard_interrupted ${clone.old} '' none`])).outcome).toBe('succeeded');
    expect(clone.read('app')).toBe('old');
    expect(clone.read('state/set-aside/run-1/edits.patch')).toContain('+half');
    await clone.steps([`guard_interrupted ${clone.old} run-1 none`]);
    expect(existsSync(join(clone.folder, 'state/set-aside/run-2'))).toBe(false);
  });

  it('takes what a checkout brought before it was interrupted out of the way, and nothing where none had begun', async () => {
    const clone = new ToyClone({ 'data/rows': 'theirs' });
    clone.put('data/rows', 'half');
    await clone.steps(['true']);
    const guard = (lastRun: string) => `guard_interrupted ${clone.old} ${lastRun} run-1 ${clone.new} ${clone.old}`;
    expect((await clone.steps([guard('run-1')])).outcome).toBe('succeeded');
    expect(clone.read('data/rows')).toBe('half');
    const line = { run: 'run-1', at: '2026-01-01T00:00:00Z', type: 'started', list: 'forward', step: 'checkout' };
    // A power cut left the zero bytes.
    appendFileSync(join(clone.state, 'journal.jsonl'), `${JSON.stringify(line)}\n\0\0\0\n`);
    const { outcome } = await clone.steps([guard('run-2'), `check_room ${clone.new}`], [`check_out ${clone.new}`]);
    expect(outcome).toBe('succeeded');
    expect(clone.read('data/rows')).toBe('theirs');
    expect(clone.read('state/set-aside/run-3/data/rows')).toBe('half');
  });
});
