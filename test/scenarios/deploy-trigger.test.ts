import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { postReceive } from '../../src/cli/post-receive.ts';
import { DeployedApp } from '../support/deployed-app.ts';
import { GitDaemon } from '../support/git-daemon.ts';
import { bootLabHost } from '../support/lab.ts';
import { RunningProgram, RunningTagship } from '../support/running-tagship.ts';
import { runProgram, runTagship, TAGSHIP } from '../support/tagship.ts';

const host = await bootLabHost('deploy');

describe.skipIf(host === undefined)('a tag that is pushed to a bare repository with the hook', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tagship-trigger-')));
  const bare = join(folder, 'app.git');
  const hook = join(bare, 'hooks', 'post-receive');
  let app: DeployedApp;
  let daemon: GitDaemon | undefined;

  const push = (...refs: string[]) => app.tryGit('push', bare, ...refs);
  const remoteLines = (stderr: string) =>
    stderr
      .split('\n')
      .filter((line) => line.startsWith('remote: '))
      .join('\n');

  beforeAll(async () => {
    if (host === undefined) return;
    app = await DeployedApp.make(host, 'triggered', 8093);
    await runProgram('git', ['clone', '-q', '--bare', app.path, bare], { cwd: folder });
    // The registry is on this machine's address in the lab's network; the Pi reaches it there.
    daemon = await GitDaemon.serve(folder, host.registry.split(':')[0] ?? '', 19_418);
    await app.onHost(`git remote set-url origin ${daemon.url}/app.git`);
  });
  afterAll(() => {
    daemon?.stop();
    app?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('needs one command to be set up, which leaves a foreign hook alone', async () => {
    writeFileSync(hook, '#!/bin/sh\n# somebody else\n');
    const refused = await runTagship(['-C', bare, 'hook', 'post-receive', '--install'], { cwd: folder });
    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toContain('there is another hook');
    expect(readFileSync(hook, 'utf8')).toContain('somebody else');
    rmSync(hook);
    for (let time = 0; time < 2; time += 1) {
      expect((await runTagship(['-C', bare, 'hook', 'post-receive', '--install'], { cwd: folder })).exitCode).toBe(0);
    }
    expect((await runTagship(['hook', 'post-receive', '--install'], { cwd: app.path })).exitCode).toBe(2);
  });

  it('ships, and the pusher reads how on "remote:" lines', async () => {
    const hook = `{ deploy: 'touch ${folder}/hooked' }`;
    await app.write(
      'tagship.yaml',
      app.configuration('production', `    hooks: { before: ${hook}, after: ${hook} }\n`),
    );
    await app.commitRelease('v0.1.0');
    const { exitCode, stderr } = await push('main', 'v0.1.0');
    expect(exitCode).toBe(0);
    expect(remoteLines(stderr)).toContain('hooks of production are not run for a push');
    expect(existsSync(join(folder, 'hooked'))).toBe(false);
    expect(remoteLines(stderr)).toContain('deploying v0.1.0 to production');
    expect(remoteLines(stderr)).toContain('✔ check out v0.1.0');
    expect(remoteLines(stderr)).toContain('v0.1.0 serves on production');
    expect(await app.answer()).toBe('v0.1.0');
  });

  it('that does not come up is taken back, and the pusher reads why', async () => {
    await app.commitRelease('v0.2.0', 'crash');
    const { stderr } = await push('main', 'v0.2.0');
    expect(remoteLines(stderr)).toContain('cannot open the database of v0.2.0');
    expect(remoteLines(stderr)).toContain('v0.1.0 serves again');
    expect(await app.answer()).toBe('v0.1.0');
  });

  it('ships once for many tags, the highest release, and no pre-release', async () => {
    for (const tag of ['v0.3.0', 'v0.4.0', 'v0.5.0-beta.1']) await app.commitRelease(tag);
    const { stderr } = await push('main', '--tags');
    expect(remoteLines(stderr).match(/deploying \S+/g)).toEqual(['deploying v0.4.0']);
    expect(await app.answer()).toBe('v0.4.0');
  });

  it('waits for a deployment that is at work, and ships after it', async () => {
    await app.commitRelease('v0.4.1', 'slow');
    await push('main');
    await app.git('push', '-q', app.originUrl, 'main', 'v0.4.1');
    await app.onHost(`git remote set-url origin ${app.originPath}`);
    const running = new RunningTagship(app.path, ['deploy', 'production', 'v0.4.1']);
    await running.says('→ fetch v0.4.1');
    await app.hold('v0.4.1');
    await app.onHost('for _ in $(seq 100); do git rev-parse -q --verify v0.4.1 && exit; sleep 0.1; done; exit 1');
    await app.onHost(`git remote set-url origin ${daemon?.url}/app.git`);
    await app.commitRelease('v0.4.2');
    const pushing = new RunningProgram(app.path, ['git', 'push', bare, 'main', 'v0.4.1', 'v0.4.2']);
    await pushing.says('another deployment is at work there: waiting for its end');
    await app.letGo('v0.4.1');
    expect((await running.finished).exitCode).toBe(0);
    const { stderr } = await pushing.finished;
    expect(remoteLines(stderr)).toContain('v0.4.2 serves on production');
    expect(await app.answer()).toBe('v0.4.2');
  });

  it('does not ship when it is older than what serves, is of another kind, or is deleted', async () => {
    await app.git('tag', 'v0.3.9', 'v0.3.0');
    expect(remoteLines((await push('v0.3.9')).stderr)).toContain('v0.3.9 is older than v0.4.2');
    await app.git('tag', 'nightly', 'v0.3.0');
    expect(remoteLines((await push('nightly')).stderr)).toContain(
      'no environment of tagship.yaml is deployed by nightly',
    );
    expect(remoteLines((await push(':refs/tags/v0.4.0')).stderr)).toBe('');
    expect(await app.answer()).toBe('v0.4.2');
  });

  it('with a configuration that cannot be read says so, and the push has happened all the same', async () => {
    await app.write('tagship.yaml', 'environments: [');
    await app.commitRelease('v0.6.0');
    const { exitCode, stderr } = await push('main', 'v0.6.0');
    expect(exitCode).toBe(0);
    expect(remoteLines(stderr)).toContain('v0.6.0 is not deployed');
    expect(remoteLines(stderr)).toContain('not valid YAML');
    expect(remoteLines(stderr)).not.toContain('    at ');
  });
});

describe('a push that ships to this machine', () => {
  /** A repository whose tag v0.1.0 goes to two environments without a clone, and what git tells the hook of it. */
  async function pushed() {
    const folder = mkdtempSync(join(tmpdir(), 'tagship-gone-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const git = async (...args: string[]) => (await runProgram('git', args, { cwd: folder })).stdout.trim();
    await git('init', '-q');
    const hosts = '[local], path: /nowhere/at/all';
    const environments = `{ one: { hosts: ${hosts} }, two: { hosts: ${hosts} } }`;
    writeFileSync(join(folder, 'tagship.yaml'), `environments: ${environments}\n`);
    await git('add', '-A');
    await git('-c', 'user.name=T', '-c', 'user.email=t@example.com', 'commit', '-q', '-m', 'feat: begin');
    const id = await git('rev-parse', 'HEAD');
    return { folder, input: `${'0'.repeat(id.length)} ${id} refs/tags/v0.1.0\n` };
  }

  it('goes on to its end when the pusher is gone', async () => {
    const { folder, input } = await pushed();
    const hook = spawn(process.execPath, [TAGSHIP, 'hook', 'post-receive'], { cwd: folder, stdio: 'pipe' });
    hook.stderr.destroy();
    hook.stdout.destroy();
    hook.stdin.end(input);
    const exitCode = await new Promise((resolve) => hook.on('close', resolve));
    expect(exitCode).toBe(3);
  });

  it('says of each environment that it was interrupted, when it is, and not that this is a bug: exit 130', async () => {
    const { folder, input } = await pushed();
    let said = '';
    const err = (text: string) => (said += text);
    const terminal = { out: () => {}, err, interactive: false, colour: false, live: false };
    const context = { cwd: folder, json: false, signal: AbortSignal.abort(), terminal, version: '0' };
    expect(await postReceive(context, input)).toBe(130);
    for (const name of ['one', 'two']) expect(said).toContain(`v0.1.0 is not deployed to ${name}:\n✘ interrupted`);
    expect(said).not.toContain('bug');
  });
});
