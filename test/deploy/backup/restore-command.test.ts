import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
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
