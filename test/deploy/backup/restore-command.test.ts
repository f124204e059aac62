import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shellQuote } from '../../../src/core/shell-quote.ts';
import { hostShells, runShell } from '../../support/host-shells.ts';
import { hostileLine } from '../../support/hostile.ts';

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
          `to see what was saved before: ${command} --list\n`,
        );
        expect(readdirSync(folder).sort()).toEqual(['changed-at', 'restoring', 'umask']);
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
