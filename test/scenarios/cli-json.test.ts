import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { shellJoin } from '../../src/core/shell-quote.ts';
import { AppRepository } from '../support/app-repository.ts';
import { eventually } from '../support/eventually.ts';
import { runProgram, runTagship, TAGSHIP } from '../support/tagship.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tagship-json-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('with --json, stdout is one document,', () => {
  it.each([
    ['where an argument is missing', ['deploy', '--json'], "missing required argument 'environment'"],
    ['where an option is unknown', ['deploy', 'production', '--jsno', '--json'], "unknown option '--jsno'"],
    ['where the command is unknown', ['depoy', '--json'], "unknown command 'depoy'"],
    ['where there is no command', ['--json'], 'no command was named'],
  ] as const)('%s: exit 2', async (_where, args, what) => {
    const { exitCode, stdout, stderr } = await runTagship(args, { cwd: temporaryFolder() });
    const problems = [{ code: 'usage', what, fix: expect.stringMatching(/^tagship (deploy )?--help$/), exit: 2 }];
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'failed', exit: 2, problems });
    expect(stderr).not.toBe('');
    expect(exitCode).toBe(2);
  });

  it.each([[['release', 'minor']], [['release', 'start', 'minor']], [['release', 'abort']]])(
    'where the answer to %j is no: exit 3',
    async (args) => {
      const app = await AppRepository.make();
      if (args.includes('abort')) await app.tagship(['release', 'start', 'minor']);
      const before = await app.refs();
      const command = `${shellJoin([process.execPath, TAGSHIP, ...args])} --json >.git/answer`;
      const typed = await runProgram('script', ['-qec', command, '/dev/null'], { cwd: app.path, input: 'n\n' });
      expect(typed.exitCode).toBe(3);
      expect(JSON.parse(app.read('.git/answer'))).toEqual({ outcome: 'declined', exit: 3 });
      expect(await app.refs()).toEqual(before);
    },
  );

  it.each(['pre-push', 'pre-receive'])('where there is nothing for the hook %s to judge', async (hook) => {
    const app = await AppRepository.make();
    const run = await runTagship(['hook', hook, '--json'], { cwd: hook === 'pre-push' ? app.path : app.origin });
    expect(run).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(run.stdout)).toMatchObject({ outcome: 'passed' });
  });

  it.each([['deploy'], ['status']])('where a look of %s is interrupted: exit 130, and one line', async (command) => {
    const folder = temporaryFolder();
    await runProgram('git', ['init', '-q'], { cwd: folder });
    writeFileSync(join(folder, 'tagship.yaml'), `environments: { here: { hosts: [local], path: ${folder} } }\n`);
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'docker'), `#!/bin/sh\n: >${folder}/asked\nexec sleep 20\n`, { mode: 0o755 });
    const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
    const tagship = spawn(process.execPath, [TAGSHIP, command, 'here', '--json'], { cwd: folder, env });
    const said = Promise.all([text(tagship.stdout), text(tagship.stderr)]);
    const ended = new Promise((resolve) => tagship.on('close', resolve));
    await eventually(() => existsSync(join(folder, 'asked')), 'docker is asked');
    tagship.kill('SIGINT');
    expect(await ended).toBe(130);
    const [stdout, stderr] = await said;
    expect(JSON.parse(stdout)).toEqual({ outcome: 'interrupted', exit: 130 });
    expect(stderr).toBe('interrupted: nothing has changed\n');
  });
});
