import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attestationsIn } from '../../../src/hooks/verified/attestations.ts';
import type { ContextFact } from '../../../src/hooks/verified/context.ts';
import { isVerifiedPush } from '../../../src/hooks/verified/quick.ts';
import { systemClock } from '../../../src/io/clock.ts';
import { diskFiles } from '../../../src/io/files.ts';
import { FAST_PATH } from '../../support/hooked-app.ts';

const [COMMIT, OTHER, ZERO, URL] = ['a'.repeat(40), 'b'.repeat(40), '0'.repeat(40), 'ssh://host/app.git'];
const ASKED = 42;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagship-fast-'));
  for (const name of ['app/.git', 'bin', 'sdk/bin']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'ask'), `#!/bin/sh\ncat >${folder}/given\nexit ${ASKED}\n`);
  writeFileSync(join(folder, 'sdk/version'), '3.1.0\nstable');
  writeFileSync(join(folder, 'sdk/bin/flutter'), '');
  for (const name of ['ask', 'sdk/bin/flutter']) chmodSync(join(folder, name), 0o755);
  symlinkSync(join(folder, 'sdk/bin/flutter'), join(folder, 'bin/flutter'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const FACTS = (): readonly ContextFact[] => [
  { kind: 'protected', path: 'refs/heads/main', value: '' },
  { kind: 'none', path: join(folder, 'app/.fvm/flutter_sdk'), value: '' },
  { kind: 'first', path: 'flutter', value: join(folder, 'bin/flutter') },
  { kind: 'same', path: join(folder, 'bin/flutter'), value: join(folder, 'sdk/bin/flutter') },
  { kind: 'text', path: join(folder, 'sdk/version'), value: '3.1.0|stable|' },
];

/** What the configuration is told by that is at hand. */
const NO_CONFIG: readonly ContextFact[] = [{ kind: 'none', path: 'tagship.yaml', value: '' }];
const notes = (clock = systemClock, config: readonly ContextFact[] | null = NO_CONFIG) =>
  attestationsIn(join(folder, 'app/.git'), diskFiles, clock, async () => config ?? undefined);

/** Whether the push is let through; the script and the program must be of one mind. */
function letsThrough(input: string, url = URL): boolean {
  const path = `${join(folder, 'bin')}:/usr/bin:/bin`;
  const shell = spawnSync('sh', ['-e', FAST_PATH, 'origin', url], {
    cwd: join(folder, 'app'),
    input,
    env: { PATH: path, tagship_node: join(folder, 'ask'), tagship_main: 'main.js' },
  });
  const at = (path: string) => resolve(folder, 'app', path);
  const read = (file: string) =>
    existsSync(at(file)) && statSync(at(file)).isFile() ? readFileSync(at(file), 'utf8') : undefined;
  const isSameFile = (one: string, other: string) =>
    existsSync(one) && existsSync(other) && statSync(one).ino === statSync(other).ino;
  const look = { read, exists: (file: string) => existsSync(at(file)), isSameFile, path: path.split(':') };
  const program = isVerifiedPush(look, { common: '.git', remote: 'origin', url }, input);
  expect(shell.stderr.toString()).toBe('');
  expect(shell.status).toBe(program ? 0 : ASKED);
  if (!program) expect(readFileSync(join(folder, 'given'), 'utf8')).toBe(input);
  return program;
}

const line = (ref: string, id = COMMIT, local = 'refs/heads/x') => `${local} ${id} ${ref} ${ZERO}\n`;

describe('a push of verified commits', () => {
  beforeEach(() => notes().addPush(COMMIT, URL, FACTS()));

  it('is let through, with as many branches as there are', () => {
    expect(letsThrough(line('refs/heads/x'))).toBe(true);
    expect(letsThrough(line('refs/heads/x') + line('refs/heads/y'))).toBe(true);
    expect(letsThrough('')).toBe(true);
    expect(letsThrough(line('refs/heads/x').replace('\n', '\r\n'))).toBe(true);
  });

  it.each([
    ['a protected branch', line('refs/heads/main')],
    ['a protected branch after another', line('refs/heads/x') + line('refs/heads/main')],
    ['a tag', line('refs/tags/v1.0.0')],
    ['a commit that was not verified', line('refs/heads/x') + line('refs/heads/y', OTHER)],
    ['a name with blanks in it', line('refs/heads/x', COMMIT, 'HEAD@{1 day ago}')],
    ['something that is no id', line('refs/heads/x', '../../x')],
    ['a line that is cut off', 'refs/heads/x aaaa\n'],
  ])('is asked about when there is %s', (_what, input) => expect(letsThrough(input)).toBe(false));

  it.each([
    ['had before', OTHER, OTHER, true],
    ['had before, and got from another address of the remote just now', COMMIT, OTHER, true],
    ['did not have before', undefined, ZERO, true],
    ['has no more, and is pushed again', COMMIT, ZERO, false],
    ['has no more', OTHER, ZERO, false],
    ['has got from others', 'c'.repeat(40), OTHER, false],
  ])(
    'to a branch that the remote %s is let through or asked about: remembered %s, there %s',
    (_what, tracked, old, through) => {
      const file = join(folder, 'app/.git/refs/remotes/origin/team/x');
      mkdirSync(join(file, '..'), { recursive: true });
      if (tracked !== undefined) writeFileSync(file, `${tracked}\n`);
      const input = `${line('refs/heads/y')}refs/heads/x ${COMMIT} refs/heads/team/x ${old}\n`;
      expect(letsThrough(input)).toBe(through);
    },
  );

  it('is asked about for another remote', () =>
    expect(letsThrough(line('refs/heads/x'), 'ssh://host/other.git')).toBe(false));

  it.each([
    ['the SDK has another version', () => writeFileSync(join(folder, 'sdk/version'), '3.2.0\nstable\n')],
    ['the SDK tells no version any more', () => rmSync(join(folder, 'sdk/version'))],
    [
      'the project has got an SDK of its own',
      () => mkdirSync(join(folder, 'app/.fvm/flutter_sdk'), { recursive: true }),
    ],
    ['there is none on PATH', () => rmSync(join(folder, 'bin/flutter'))],
    [
      'PATH leads to another SDK',
      () => {
        rmSync(join(folder, 'bin/flutter'));
        writeFileSync(join(folder, 'bin/flutter'), '');
      },
    ],
    ['the notes are gone', () => rmSync(join(folder, 'app/.git/tagship/verified/contexts'), { recursive: true })],
  ])('is asked about when %s', (_what, change) => {
    change();
    expect(letsThrough(line('refs/heads/x'))).toBe(false);
  });

  it('is let through from a linked worktree', () => {
    mkdirSync(join(folder, 'main.git'));
    const worktree = join(folder, 'app/.git-worktree');
    mkdirSync(worktree);
    const inside = join(folder, 'app/.git');
    spawnSync('sh', ['-c', `mv '${inside}'/* '${folder}/main.git' && rmdir '${inside}'`]);
    mkdirSync(join(folder, 'main.git/worktrees/app'), { recursive: true });
    writeFileSync(join(folder, 'main.git/worktrees/app/commondir'), '../..\n');
    writeFileSync(inside, `gitdir: ${folder}/main.git/worktrees/app\n`);
    const run = spawnSync('sh', ['-e', FAST_PATH, 'origin', URL], {
      cwd: join(folder, 'app'),
      input: line('refs/heads/x'),
      env: { PATH: `${join(folder, 'bin')}:/usr/bin:/bin`, tagship_node: join(folder, 'ask') },
    });
    expect(run.status).toBe(0);
  });
});

describe.each(['dash', 'busybox', 'bash'].filter((name) => existsSync(`/bin/${name}`)))('in a hook, in %s', (shell) => {
  const SOURCED = '. ./node_modules/tagship/dist/pre-push.sh';
  const READER = 'cat >../seen';

  beforeEach(async () => {
    const dist = join(folder, 'app/node_modules/tagship/dist');
    mkdirSync(dist, { recursive: true });
    symlinkSync(FAST_PATH, join(dist, 'pre-push.sh'));
    symlinkSync(resolve(FAST_PATH, '../shared-list.sh'), join(dist, 'pre-push-shared.sh'));
    symlinkSync(`/bin/${shell}`, join(folder, 'bin/sh'));
    await notes().addPush(COMMIT, URL, FACTS());
  });

  /** As husky runs it. */
  function push(hook: string, input: string): number | null {
    writeFileSync(join(folder, 'app/pre-push'), hook);
    const run = spawnSync(join(folder, 'bin/sh'), ['-e', './pre-push', 'origin', URL], {
      cwd: join(folder, 'app'),
      input,
      env: { PATH: `${join(folder, 'bin')}:/usr/bin:/bin`, tagship_node: join(folder, 'ask') },
    });
    expect(run.stderr.toString()).toBe('');
    return run.status;
  }
  const seen = () => (existsSync(join(folder, 'seen')) ? readFileSync(join(folder, 'seen'), 'utf8') : undefined);

  it.each([
    ['in the next line', `${SOURCED}\n${READER}\n`],
    ['in a last line without an end', `#!/bin/sh\n${SOURCED}\n\n# mine\n  ${READER}`],
    ['in the same line', `${SOURCED} && ${READER}\n`],
    ['behind a test', `[ -f ${SOURCED.slice(2)} ] || { exit 3; }\n${SOURCED}\n${READER}\n`],
    ['behind the line that an older tagship wrote', `${SOURCED.replace('.sh', '-shared.sh')}\n${READER}\n`],
  ])('what follows %s is told what is pushed, once tagship let it through', (_where, hook) => {
    const known = line('refs/heads/x') + line('refs/heads/y');
    expect(push(hook, known)).toBe(0);
    expect(seen()).toBe(known);
    expect(push(hook, '')).toBe(0);
    expect(seen()).toBe('');
    rmSync(join(folder, 'seen'));
    expect(push(hook, line('refs/tags/v1.0.0'))).toBe(ASKED);
    expect(seen()).toBeUndefined();
    expect(readFileSync(join(folder, 'given'), 'utf8')).toBe(line('refs/tags/v1.0.0'));
  });

  it.each([
    ['stands alone', `${SOURCED}\n\n# ${READER}\n`],
    ['stands alone behind a setting', `export A=1\n[ -f ${SOURCED.slice(2)} ] || { exit 3; }\n${SOURCED}`],
  ])('a hook in which it %s starts nothing', (_where, hook) => {
    // What others need would be started from here.
    rmSync(join(folder, 'app/node_modules/tagship/dist/pre-push-shared.sh'));
    expect(push(hook, line('refs/heads/x'))).toBe(0);
    expect(push(hook, line('refs/tags/v1.0.0'))).toBe(ASKED);
  });
});

describe('a deletion', () => {
  const deletion = (ref: string) => `(delete) ${ZERO} ${ref} ${COMMIT}\n`;

  it('is let through for a branch that is known not to be protected', async () => {
    expect(letsThrough(deletion('refs/heads/x'))).toBe(false);
    await notes().noteProtected(['refs/heads/main', 'refs/heads/develop']);
    expect(letsThrough(deletion('refs/heads/x'))).toBe(true);
    expect(letsThrough(deletion('refs/heads/develop'))).toBe(false);
    expect(letsThrough(deletion('refs/tags/v1.0.0'))).toBe(false);
  });

  it('is asked about where another configuration is at hand', async () => {
    const config = join(folder, 'app/tagship.yaml');
    await notes().noteProtected(['refs/heads/main']);
    writeFileSync(config, 'release: { branches: { main: trunk } }\n');
    expect(letsThrough(deletion('refs/heads/x'))).toBe(false);
    const value = 'release: { branches: { main: trunk } }|';
    await notes(systemClock, [{ kind: 'text', path: 'tagship.yaml', value }]).noteProtected(['refs/heads/trunk']);
    expect(letsThrough(deletion('refs/heads/x'))).toBe(true);
    expect(letsThrough(deletion('refs/heads/trunk'))).toBe(false);
    rmSync(config);
    expect(letsThrough(deletion('refs/heads/x'))).toBe(false);
  });

  it('is asked about where the configuration at hand was never committed', async () => {
    await notes().noteProtected(['refs/heads/main']);
    await notes(systemClock, null).noteProtected(['refs/heads/main']);
    expect(letsThrough(deletion('refs/heads/x'))).toBe(false);
  });

  it('beside verified commits is judged by what protects each', async () => {
    await notes().addPush(COMMIT, URL, [{ kind: 'protected', path: 'refs/heads/trunk', value: '' }]);
    await notes().noteProtected(['refs/heads/main']);
    const mixed = (deleted: string, pushed: string) =>
      line('refs/heads/x') + deletion(deleted) + line(pushed) + deletion('refs/heads/z');
    expect(letsThrough(mixed('refs/heads/trunk', 'refs/heads/main'))).toBe(true);
    expect(letsThrough(mixed('refs/heads/main', 'refs/heads/main'))).toBe(false);
    expect(letsThrough(mixed('refs/heads/trunk', 'refs/heads/trunk'))).toBe(false);
  });
});

describe('notes', () => {
  it('of what a shell cannot compare, or of an address with a password, are not made', async () => {
    await notes().addPush(COMMIT, URL, [{ kind: 'never', path: '', value: '' }]);
    await notes().addPush(COMMIT, URL, [{ kind: 'text', path: '/a\tb', value: '' }]);
    await notes().addPush(COMMIT, 'https://me:secret@host/app.git', FACTS());
    await notes().addPush(COMMIT, 'https://token@host/app.git', FACTS());
    expect(existsSync(join(folder, 'app/.git/tagship/verified/pushes'))).toBe(false);
  });

  it('for one remote stay when another is added', async () => {
    await notes().addPush(COMMIT, URL, FACTS());
    await notes().addPush(COMMIT, '/srv/app.git', FACTS());
    expect(letsThrough(line('refs/heads/x'))).toBe(true);
    expect(letsThrough(line('refs/heads/x'), '/srv/app.git')).toBe(true);
  });

  it('are forgotten after thirty days', async () => {
    await notes().addPackage('key', 'snapshot');
    expect(await notes().hasPackage('key', 'working tree')).toBe(true);
    const later = { now: () => new Date(Date.now() + 31 * 24 * 3600 * 1000) };
    expect(await notes(later).hasPackage('key', 'working tree')).toBe(false);
  });

  it('that a commit may be pushed count until the next one is made, and are dropped then when they are older', async () => {
    await notes().addPush(COMMIT, URL, FACTS());
    const later = { now: () => new Date(Date.now() + 31 * 24 * 3600 * 1000) };
    await notes(later).addPackage('key', 'snapshot');
    expect(letsThrough(line('refs/heads/x'))).toBe(true);
    await notes(later).addPush(OTHER, URL, FACTS());
    expect(letsThrough(line('refs/heads/x'))).toBe(false);
  });
});
