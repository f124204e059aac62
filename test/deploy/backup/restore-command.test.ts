import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { shellQuote } from '../../../src/core/shell-quote.ts';
import { hostShells, runShell } from '../../support/host-shells.ts';
import { hostileLine } from '../../support/hostile.ts';
import { ToyHost, toyStep } from '../../support/toy-run.ts';

const functions = ['common', 'backup']
  .map((name) => readFileSync(new URL(`../../../src/deploy/host/steps/${name}.sh`, import.meta.url), 'utf8'))
  .join('\n');

it.each(hostShells().map((shell) => [shell.name, shell] as const))(
  'the command that restores is the user’s own, and what it is told to restore is not read by a shell (%s)',
  (_name, shell) => {
    fc.assert(
      fc.property(hostileLine, hostileLine, (word, backup) => {
        const folder = mkdtempSync(join(tmpdir(), 'tagship-restore-'));
        writeFileSync(join(folder, 'umask'), '0022\n');
        const command = `printf '%s\\0' ${shellQuote(word)}`;
        const run = (script: string) =>
          runShell(shell, `${functions}\n${script}`, {
            words: [command, backup],
            env: { TAGSHIP_RUN: folder },
            cwd: folder,
          });
        expect(run('check_backup "$1" "$2"').stdout.toString()).toBe(`${word}\0--check\0${backup}\0`);
        expect(run('restore_backup "$1" "$2"').stdout.toString()).toBe(`${word}\0${backup}\0--yes\0`);
        expect(run('require_unrestored').stdout.toString()).toContain(
          `to see what was saved before: ${command} --list; to have it back: ${command} FILE --yes\n`,
        );
        expect(readdirSync(folder).sort()).toEqual(['changed-at', 'checked', 'restoring', 'umask']);
        rmSync(folder, { recursive: true });
      }),
      { numRuns: 15 },
    );
  },
);

describe('that a restore has begun', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tagship-restore-'));
    writeFileSync(join(folder, 'umask'), '0022\n');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const restore = (path = process.env.PATH ?? '') =>
    runShell({ name: 'sh', path }, `${functions}\nrestore_backup 'echo restored >>told; :' a`, {
      env: { TAGSHIP_RUN: folder },
      cwd: folder,
    });
  const told = () => readFileSync(join(folder, 'told'), 'utf8');

  it('is on disk before anything is replaced', () => {
    // A sync that tells what it was asked for.
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'bin', 'sync'), `#!/bin/sh\necho "sync $*: $(cat "$1")" >>told\n`);
    chmodSync(join(folder, 'bin', 'sync'), 0o755);
    expect(restore(`${join(folder, 'bin')}:${process.env.PATH}`).status).toBe(0);
    expect(told()).toBe(`sync ${folder}/restoring ${folder}: echo restored >>told; :\nrestored\n`);
  });

  it('and cannot be noted: then nothing is restored', () => {
    mkdirSync(join(folder, 'restoring'));
    const { status, stdout } = restore();
    expect([status, readdirSync(folder).includes('told')]).toEqual([1, false]);
    expect(stdout.toString()).toContain('it cannot be noted that the restore begins, so it was not begun');
  });
});

describe('what a restore has saved', () => {
  it.each([
    ['kept apart for that', ' 1K  /b/before_restore/saved.tar', '/b/before_restore/saved.tar'],
    ['with the others', ' 1K  /b/saved.tar', '/b/saved.tar'],
    ['and listed with nothing but time and path', '/b/saved.tar', '/b/saved.tar'],
  ])('%s, is told with the command that brings it back', async (_, saved, expected) => {
    const toy = new ToyHost();
    // One that was made before, and one by the restore; then another one yet.
    toy.write(
      'rst',
      `now() { date -d "$1" '+%Y-%m-%d %H:%M:%S'; }
[ "$1" = --list ] || exit 1
echo "$(now '+1 hour')  1K  /b/later.tar"; echo "$(now '+1 minute') ${saved}"; echo "$(now '-1 hour')  1K  /b/old.tar"`,
    );
    const forward = [toyStep('restore', 'change', "restore_backup 'sh ./rst' /b/old.tar")];
    const { outcome, events } = await toy.carryOut(
      toy.plan({ forward, revert: [toyStep('data', 'change', 'require_unrestored')] }),
    );
    expect(outcome).toBe('needs_hands');
    expect(JSON.stringify(events)).toContain(`to have back what was there: sh ./rst ${expected} --yes`);
  });
});

it.each(hostShells())('a host that does not tell when the restore began is not told as an error ($name)', (shell) => {
  const folder = mkdtempSync(join(tmpdir(), 'tagship-restore-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'umask'), '0022\n');
  writeFileSync(join(folder, 'restoring'), 'echo 2026-01-01 10:00:00 /b/saved.tar; :');
  const script = `${functions}\nstat() { echo 'stat: bad option' >&2; return 1; }\nrequire_unrestored`;
  const { stdout, stderr } = runShell(shell, script, { env: { TAGSHIP_RUN: folder }, cwd: folder });
  expect(stderr.toString()).toBe('');
  expect(stdout.toString()).toContain('to see what was saved before: ');
});

describe('a restore that brings back the data alone', () => {
  /** A clone that has the later of two releases checked out, and data beside it. */
  function makeClone() {
    const toy = new ToyHost();
    const git = (...args: string[]) => {
      const identity = ['-c', 'user.name=T', '-c', 'user.email=t@example.com'];
      const { status, stdout, stderr } = spawnSync('git', [...identity, ...args], { cwd: toy.folder });
      if (status !== 0) throw new Error(stderr.toString());
      return stdout.toString().trim();
    };
    git('init', '-q', '-b', 'main');
    writeFileSync(join(toy.folder, '.git/info/exclude'), '/state\n/data\n');
    const release = (content: string) => {
      toy.write('app', content);
      git('add', 'app');
      git('commit', '-q', '-m', content);
      return git('rev-parse', 'HEAD');
    };
    const [old, present] = [release('old'), release('new')];
    const carryOut = (restore: string, prepare: readonly string[] = [], commit = old) =>
      toy.carryOut(
        toy.plan({
          forward: [
            ...prepare.map((call, index) => toyStep(`prepare-${index}`, 'prepare', call)),
            toyStep('restore', 'change', `restore_backup '${restore}' /b`),
            toyStep('release', 'change', `come_to_release ${commit}`),
          ],
          revert: [toyStep('data', 'change', 'require_unrestored')],
        }),
      );
    return { toy, git, old, present, carryOut };
  }

  it('is followed by the checkout of the release they belong to; edits are kept', async () => {
    const { toy, git, old, carryOut } = makeClone();
    toy.write('app', 'edited');
    const { outcome, notices } = await carryOut('echo restored >data; :');
    expect([outcome, toy.read('data'), toy.read('app')]).toEqual(['succeeded', 'restored\n', 'old']);
    expect([git('rev-parse', 'HEAD'), git('status', '--porcelain')]).toEqual([old, '']);
    expect(notices?.join()).toContain('git stash apply refs/tagship/kept/');
  });

  it('is followed by nothing where it has brought the checkout back, too', async () => {
    const { toy, git, old, carryOut } = makeClone();
    const { outcome } = await carryOut(`git checkout -q --force ${old}; echo as it was >app; :`);
    expect([outcome, toy.read('app'), git('rev-parse', 'HEAD')]).toEqual(['succeeded', 'as it was\n', old]);
  });

  it('is told with what keeps the release from being checked out', async () => {
    const { toy, git, carryOut, present } = makeClone();
    git('rm', '-q', '--cached', 'app');
    git('commit', '-q', '-m', 'without');
    const { outcome, failed } = await carryOut(':');
    expect([outcome, failed?.id]).toEqual(['needs_hands', 'release']);
    expect(failed?.lines.join('\n')).toMatch(
      /app.*\n(.*\n)*the data are restored, but .* is checked out, and not the release/,
    );
    expect([toy.read('app'), git('rev-parse', 'HEAD^')]).toEqual(['new', present]);
  });

  /** What comes of it when the release is looked for before; `check` is what the command does with --check. */
  function withCheck({ carryOut, old }: ReturnType<typeof makeClone>, check: string, commit = old) {
    const restore = `f() { [ "$1" = --check ] && { ${check}; return; }; echo restored >data; }; f`;
    return carryOut(restore, [`check_backup '${restore}' /b`, `check_release ${commit}`], commit);
  }
  const MISSING = '1'.repeat(40);
  /** The release has a file that stands in the way of it here, as nothing knows it. */
  const putInTheWay = ({ git }: ReturnType<typeof makeClone>) => {
    git('rm', '-q', '--cached', 'app');
    git('commit', '-q', '-m', 'without');
  };

  it('is not begun where a file is in the way of the release: nothing has changed', async () => {
    const clone = makeClone();
    putInTheWay(clone);
    const { outcome, failed } = await withCheck(clone, ':');
    expect([outcome, failed?.id, clone.toy.has('data')]).toEqual(['failed', 'prepare-1', false]);
    expect(failed?.lines.join('\n')).toContain('stand here untracked: app; mend that, then roll back again');
  });

  it('is not begun where the commit of the release is not there', async () => {
    const clone = makeClone();
    const { outcome, failed } = await withCheck(clone, ':', MISSING);
    expect([outcome, failed?.id, clone.toy.has('data')]).toEqual(['failed', 'prepare-1', false]);
    expect(failed?.lines.join('\n')).toContain(`to have it again, in ${clone.toy.folder}: git fetch origin ${MISSING}`);
  });

  it('is begun where nothing is in the way, a git that was killed left its lock, and what was edited is kept', async () => {
    const clone = makeClone();
    clone.toy.write('app', 'edited');
    clone.toy.write('.git/index.lock', '');
    const { outcome } = await withCheck(clone, 'echo is sound');
    expect([outcome, clone.toy.read('app'), clone.toy.has('data')]).toEqual(['succeeded', 'old', true]);
  });

  it('is no such restore where the check says that the clone comes back: what is here is in nobody’s way', async () => {
    const clone = makeClone();
    putInTheWay(clone);
    const { failed } = await withCheck(clone, `echo "brings back ${clone.toy.folder}"`);
    expect([failed?.id, clone.toy.has('data')]).toEqual(['release', true]);
  });
});
