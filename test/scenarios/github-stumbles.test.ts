import { linkSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { AppRepository } from '../support/app-repository.ts';
import { GITHUB_ENV, GitHub } from '../support/github.ts';

/** @param timeout for one request: short only where one hangs, or a slow machine is taken for that */
async function appOnGitHub(timeout = '60s') {
  const app = await AppRepository.make();
  const github = await GitHub.serve(app.origin);
  await github.configure(app, { github: `timeout: ${timeout}` });
  const propose = (env: Readonly<Record<string, string | undefined>> = GITHUB_ENV) =>
    app.tagship(['release', 'minor', '--pr', '--yes', '--no-checks'], env);
  return { app, github, propose };
}

const KILL_AT_REQUEST = fileURLToPath(new URL('../support/kill/requests.mjs', import.meta.url));

describe('a proposal whose process is killed', () => {
  it.each([
    [1, 'before'],
    [1, 'after'],
    [2, 'before'],
    [2, 'after'],
  ] as const)('at its request %i, %s it is made, is gone on with: one pull request, one tag', async (number, mode) => {
    const { app, github, propose } = await appOnGitHub();
    const armed = { NODE_OPTIONS: `--import ${KILL_AT_REQUEST}`, KILL_AT: String(number), KILL_MODE: mode };
    expect(await propose({ ...GITHUB_ENV, ...armed })).toMatchObject({ signal: 'SIGKILL' });
    expect(await propose()).toMatchObject({ exitCode: 0 });
    expect((await github.state()).pulls).toMatchObject([{ number: 1, state: 'open' }]);
    await github.merge(1, 'squash');
    const killed = await app.tagship(['release', 'continue'], { ...GITHUB_ENV, ...armed, KILL_AT: '1' });
    expect(killed).toMatchObject({ signal: 'SIGKILL' });
    expect(await app.tagship(['release', 'continue'], GITHUB_ENV)).toMatchObject({ exitCode: 0 });
    const refs = await app.refs();
    expect(await app.refs('origin')).toEqual(refs);
    expect(Object.keys(refs)).toEqual(['refs/heads/develop', 'refs/heads/main', 'refs/tags/v0.2.0']);
  });
});

it('a proposal that was killed while it was put aside, and is at both places, is one', async () => {
  const { app, github, propose } = await appOnGitHub();
  await propose();
  const folder = join(app.path, '.git/tagship');
  linkSync(join(folder, 'proposals/v0.2.0.jsonl'), join(folder, 'release.jsonl'));
  const { waiting } = JSON.parse((await app.tagship(['release', 'status', '--json'])).stdout);
  expect(waiting).toMatchObject([{ tag: 'v0.2.0', branch: 'release/v0.2.0' }]);
  await github.merge(1);
  expect(await app.tagship(['release', 'continue'], GITHUB_ENV)).toMatchObject({ exitCode: 0 });
  expect(JSON.parse((await app.tagship(['release', 'status', '--json'])).stdout)).toMatchObject({ waiting: [] });
  expect(readdirSync(join(folder, 'proposals'))).toEqual([]);
});

describe('a GitHub that stumbles', () => {
  it.each([
    ['GET', 500],
    ['GET', 'cut'],
    ['GET', 'hang'],
    ['GET', 'rate-limit'],
    ['POST', 'rate-limit'],
    ['POST', 'cut-after'],
  ] as const)('once (%s: %s) is asked again, and there is one pull request', async (method, how) => {
    const { github, propose } = await appOnGitHub(how === 'hang' ? '10s' : undefined);
    await github.fail(`${method} /repos`, how);
    expect(await propose()).toMatchObject({ exitCode: 0 });
    expect((await github.state()).pulls).toMatchObject([{ number: 1, state: 'open' }]);
  });

  it.each([
    [401, 'GitHub does not allow it'],
    [404, 'GitHub knows no such repository'],
    [500, 'GitHub did not answer'],
    ['html', "GitHub's answer cannot be understood"],
    ['nonsense', "GitHub's answer cannot be understood"],
  ] as const)('for good (%s) leaves a release that is gone on with', async (how, said) => {
    const { app, github, propose } = await appOnGitHub();
    await github.fail('POST /repos', how);
    const run = await propose();
    expect(run.exitCode).toBe(4);
    expect(run.stderr).toContain(said);
    expect(run.stdout + run.stderr).not.toContain(GITHUB_ENV.GITHUB_TOKEN);
    expect(run.stderr).toContain('release/v0.2.0 is on origin; its pull request is missing');
    await github.fail('POST /repos', how);
    const again = JSON.parse((await app.tagship(['release', 'continue', '--json'], GITHUB_ENV)).stdout);
    expect(again).toMatchObject({ outcome: 'failed', problems: [{ published: ['release/v0.2.0'] }] });
    expect(await app.tagship(['release', 'continue'], GITHUB_ENV)).toMatchObject({ exitCode: 0 });
    expect((await github.state()).pulls).toMatchObject([{ number: 1, state: 'open' }]);
  });

  it('is not even asked without a token: nothing is begun', async () => {
    const { app, github, propose } = await appOnGitHub();
    const [local, remote] = [await app.refs(), await app.refs('origin')];
    const run = await propose({ GITHUB_TOKEN: undefined, GH_TOKEN: undefined });
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('export GITHUB_TOKEN');
    expect([await app.refs(), await app.refs('origin')]).toEqual([local, remote]);
    expect((await github.state()).requests).toEqual([]);
    expect(await propose()).toMatchObject({ exitCode: 0 });
  });
});
