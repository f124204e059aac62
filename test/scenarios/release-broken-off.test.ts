import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { AppRepository } from '../support/app-repository.ts';
import { eventually } from '../support/eventually.ts';
import { TAGSHIP } from '../support/tagship.ts';

/** The git of the machine, which waits before it answers one question, and leaves word that it was asked. */
const slowAt = (question: string, asked: string) => `#!/bin/sh
case " $* " in *' ${question} '*) : >'${asked}'; sleep 20 ;; esac
PATH=\${PATH#*:}; exec git "$@"
`;

it.each([
  ['where the repository is', 'rev-parse'],
  ['which branches there are', 'for-each-ref'],
  ['what is in them', 'cat-file'],
])('a Ctrl-C that also ends the git asked %s is told as one: exit 130', async (_what, question) => {
  const app = await AppRepository.make();
  const before = await app.refs('app');
  const asked = join(app.folder, 'asked');
  const wrapper = join(app.folder, 'bin/git');
  mkdirSync(dirname(wrapper));
  writeFileSync(wrapper, slowAt(question, asked), { mode: 0o755 });
  const PATH = `${join(app.folder, 'bin')}${delimiter}${process.env.PATH}`;
  // A process group of its own, as a terminal would have it.
  const running = spawn(process.execPath, [TAGSHIP, 'release', 'minor', '--yes', '--no-checks'], {
    cwd: app.path,
    env: { ...process.env, PATH, NO_COLOR: '1' },
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  running.stderr.on('data', (chunk) => (said += chunk));
  const ended = new Promise((resolve) => running.on('close', resolve));
  await eventually(() => existsSync(asked), `git ${question}`);
  process.kill(-(running.pid ?? 0), 'SIGINT');
  expect(await ended).toBe(130);
  expect(said).toBe('interrupted: nothing has changed\n');
  expect(await app.refs('app')).toEqual(before);
});
