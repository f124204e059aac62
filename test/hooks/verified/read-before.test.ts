import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isListLost } from '../../../src/hooks/install/hook-file.ts';
import { FAST_PATH } from '../../support/hooked-app.ts';

const SCRIPT = resolve(FAST_PATH, '../read-before.sh');
const CALL = '. ./node_modules/tagship/dist/pre-push.sh\n';
const SHELLS = ['dash', 'busybox', 'bash'].filter((name) => existsSync(`/bin/${name}`));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagship-late-'));
  for (const name of SHELLS) {
    mkdirSync(join(folder, name));
    symlinkSync(`/bin/${name}`, join(folder, name, 'sh'));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Whether the shell finds that something has perhaps read the list. */
function isLate(shell: string, hook: string): boolean {
  writeFileSync(join(folder, 'hook'), hook);
  const run = spawnSync(join(folder, shell, 'sh'), ['-e', '-c', '. "$1"; tagship_is_late "$2"', '', SCRIPT, 'hook'], {
    cwd: folder,
  });
  expect(run.stderr.toString()).toBe('');
  return run.status === 0;
}

const HARMLESS = [
  '',
  '#!/bin/sh\nset -eu',
  '# tagship comes below',
  '  # git lfs pre-push "$@"',
  '. "$(dirname -- "$0")/_/husky.sh"',
  'export PATH="$HOME/bin:$PATH" A=1',
  'unset A',
  'umask 022',
  'cd app',
  ':',
  'echo checking >&2',
  "printf '%s\\n' checking > /dev/tty",
  'A=',
  'A=1',
  "A='one two'",
  'A="$HOME/one two"',
  'A="$HOME"/b:"$PATH"',
  "tagship_main='/somewhere/main.js'",
  '[ -n "$CI" ] && exit',
  '[ -n "$CI" ] || exit 0',
  '! test -t 2 || return 12',
  'test $# -eq 2',
  'if [ -t 2 ]; then\nfi',
  'if ! [ -t 2 ]\n\tthen\n  A=1\n elif test -n "$A"; then\n else\n fi',
  "[ -f ./node_modules/tagship/dist/pre-push.sh ] || { printf '%s\\n' 'not there' >&2; exit 3; }",
];

const MAY_READ = [
  'cat > /dev/null',
  'git lfs pre-push "$@"',
  'read -r line',
  'refs=$(cat)',
  'refs=`cat`',
  'A="$(cat)"',
  'A=1; cat >/dev/null',
  'A=1 cat',
  'A="one two" cat',
  'A="one" cat "two"',
  "A='one' cat 'two'",
  '1A=x',
  'a-b=x',
  'echo "$(cat)" > /dev/null',
  'echo `cat`',
  'echo x | cat',
  'echo x && cat',
  'echo x >&2; cat',
  'printf x <list',
  ': & cat',
  'export A="$(cat)"',
  '[ -n "$(cat)" ] || exit 0',
  '[ -t 2 ] || cat',
  '[ -t 2 ] && exit cat',
  '[ -t 2 ] cat',
  'test -n "$(cat)"',
  'if cat; then\nfi',
  'if [ -t 2 ]; then cat; fi',
  'while read -r line; do',
  '. ./own.sh',
  '# before tagship\ngit version > /dev/null; cat > /dev/null',
  '[ -f ./node_modules/tagship/dist/pre-push.sh ] || { exit 3; }\ncat > /dev/null',
];

describe.each(SHELLS)('what stands before tagship in a hook, to %s and to doctor,', (shell) => {
  it.each(HARMLESS)('has left the list alone: %j', (line) => {
    const hook = `${line}\n${CALL}`;
    expect({ shell: isLate(shell, hook), doctor: isListLost(hook) }).toEqual({ shell: false, doctor: false });
  });

  it.each(MAY_READ)('may have read the list: %j', (line) => {
    const hook = `${line}\n${CALL}`;
    expect({ shell: isLate(shell, hook), doctor: isListLost(hook) }).toEqual({ shell: true, doctor: true });
  });

  it('may read the list where it is handed on, and what stands behind tagship is told the same', () => {
    const feeding = 'list=$(cat)\nprintf "%s\\n" "$list" | sh ./node_modules/tagship/dist/pre-push.sh "$@"\n';
    for (const hook of [feeding, `cat >list\n${CALL.trim()} <list\n`, `${CALL}cat >/dev/null\n`]) {
      expect({ shell: isLate(shell, hook), doctor: isListLost(hook) }).toEqual({ shell: false, doctor: false });
    }
  });
});
