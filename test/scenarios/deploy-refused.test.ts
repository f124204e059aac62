import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AppRepository } from '../support/app-repository.ts';
import { runTagship } from '../support/tagship.ts';

/** Runs tagship in a folder that holds this tagship.yaml, or none. */
async function tagship(config: string | undefined, ...args: string[]) {
  const cwd = mkdtempSync(join(tmpdir(), 'tagship-refused-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  if (config !== undefined) writeFileSync(join(cwd, 'tagship.yaml'), config);
  return runTagship(args, { cwd, env: { SSH_AUTH_SOCK: undefined, HOME: cwd } });
}

const environment = (extra = '') => `environments: { production: { hosts: [local], path: /nowhere/at/all${extra} } }\n`;

describe('deploy is refused, clearly and without a stack,', () => {
  it.each([
    ['without a configuration', undefined, ['deploy', 'production'], 2, 'or it names none'],
    ['for an environment there is not', environment(), ['deploy', 'prod'], 2, 'tagship.yaml names production'],
    ['for one that only an object has', environment(), ['deploy', 'constructor'], 2, 'no environment constructor'],
    ['for malformed YAML', 'environments: {', ['deploy', 'production'], 2, 'not valid YAML'],
    ['for a wrong key', environment(', pth: /x'), ['deploy', 'production'], 2, 'unknown key pth'],
    [
      'for a strategy not built yet',
      environment(),
      ['deploy', 'production', '--strategy', 'canary'],
      2,
      'not built yet',
    ],
    [
      'for a release that is sent from where there is no repository',
      environment(', source: push'),
      ['deploy', 'production'],
      2,
      'not in a git repository',
    ],
    [
      'for a way back there is not',
      environment(),
      ['rollback', 'production', '--method', 'magic'],
      2,
      'there is no method magic of rolling back',
    ],
    ['without an environment', environment(), ['deploy'], 2, "missing required argument 'environment'"],
    ['without an environment, and those there are', environment(), ['deploy'], 2, 'tagship.yaml names production'],
    ['for an environment there is not', environment(), ['deploy', 'nowhere'], 2, 'next: use one of them (production)'],
    [
      'for a folder that is not there',
      environment(),
      ['deploy', 'production'],
      3,
      'there is no /nowhere/at/all on local',
    ],
    ['for a hook there is not', environment(), ['hook', 'post-everything'], 2, 'has no hook post-everything'],
  ] as const)('%s', async (_when, config, args, exit, message) => {
    const { exitCode, stdout, stderr } = await tagship(config, ...args);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect(stdout).toBe('');
    expect(exitCode).toBe(exit);
  });

  it('as one JSON document on stdout with --json, and nothing else there', async () => {
    const { exitCode, stdout } = await tagship(environment(), 'deploy', 'prod', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ exit: 2, problems: [{ code: 'unknown-environment' }] });
    expect(exitCode).toBe(2);
  });

  it('for a host that does not answer: exit 3, and the command to try by hand', async () => {
    const config = 'environments: { production: { hosts: ["pi@127.0.0.1:1"], path: /opt/app } }\n';
    const { exitCode, stderr } = await tagship(config, 'deploy', 'production');
    expect(stderr).toContain('pi@127.0.0.1:1 cannot be reached');
    expect(stderr).toContain('next: ssh -p 1 pi@127.0.0.1 true');
    expect(exitCode).toBe(3);
  });

  it('for a tag that origin has not, with what helps where it is here and where it is nowhere', async () => {
    const app = await AppRepository.make();
    await app.write('tagship.yaml', environment().replace('/nowhere/at/all', app.path));
    const told = async () => (await app.tagship(['deploy', 'production', 'v9.9.9'])).stderr;
    expect(await told()).toMatch(
      /v9\.9\.9 is not on the origin of local, nor here\n.*\n {2}next: tagship release minor\n/,
    );
    await app.git('tag', 'v9.9.9');
    expect(await told()).toContain('next: git push origin refs/tags/v9.9.9\n');
  });
});
