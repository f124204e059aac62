import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { AppRepository } from '../support/app-repository.ts';
import { GITHUB_ENV, GitHub } from '../support/github.ts';

const APK = 'not really an app\n';

/**
 * An app whose releases are put on GitHub with what was built.
 * @param timeout for one request: short only where one hangs, or a slow machine is taken for that
 */
async function appWithBuild(timeout = '60s') {
  const app = await AppRepository.make();
  const github = await GitHub.serve(app.origin);
  await github.configure(app, { github: `release: true, assets: ["build/*.apk"], timeout: ${timeout}` });
  await app.write('build/greeter app.apk', APK);
  await app.write('build/notes.txt', 'not asked for\n');
  const tagship = (args: readonly string[], env: Readonly<Record<string, string | undefined>> = GITHUB_ENV) =>
    app.tagship(args, env);
  const release = () => tagship(['release', 'minor', '--yes', '--no-checks']);
  return { app, github, tagship, release };
}

/** One release, published, each asset once and whole. */
const WHOLE = [
  {
    tag: 'v0.2.0',
    draft: false,
    prerelease: false,
    body: expect.stringContaining('greet people'),
    assets: [{ name: 'greeter.app.apk', size: APK.length, state: 'uploaded' }],
  },
];

const KILL_AT_REQUEST = fileURLToPath(new URL('../support/kill/requests.mjs', import.meta.url));

describe('a release on GitHub', () => {
  it('has the notes and the files, and is safe to repeat', async () => {
    const { github, tagship, release } = await appWithBuild();
    const run = await release();
    expect(run).toMatchObject({ exitCode: 0 });
    expect(run.stderr).toContain(`on GitHub: ${github.url}/owner/app/releases/tag/v0.2.0`);
    const { releases, requests } = await github.state();
    expect(releases).toMatchObject(WHOLE);
    // Nobody sees it before it is whole.
    expect(requests.map((request) => request.split(' ')[0])).toEqual(['GET', 'POST', 'POST', 'PATCH']);
    const again = await tagship(['release', 'publish', 'v0.2.0', '--yes']);
    expect(again).toMatchObject({ exitCode: 0 });
    expect(again.stderr).toContain('v0.2.0 is on GitHub as it should be');
    expect((await github.state()).releases).toMatchObject(WHOLE);
  });

  it('keeps what was published before under the same name', async () => {
    const { app, github, tagship, release } = await appWithBuild();
    await release();
    await app.write('build/greeter app.apk', 'built anew, and otherwise\n');
    const run = await tagship(['release', 'publish', '--yes']);
    expect(run).toMatchObject({ exitCode: 0 });
    expect(run.stderr).toContain('greeter.app.apk was published with other contents before, and stays');
    expect((await github.state()).releases).toMatchObject(WHOLE);
  });

  it('that fails is a warning with the next command, which completes it', async () => {
    const { app, github, tagship, release } = await appWithBuild();
    await github.fail('POST /repos/owner/app/releases', 403, { times: 9 });
    const run = await release();
    expect(run).toMatchObject({ exitCode: 0 });
    expect(run.stderr).toContain('v0.2.0 is no GitHub release yet');
    expect(run.stderr).toContain('next: tagship release publish v0.2.0');
    expect(Object.keys(await app.refs('origin'))).toContain('refs/tags/v0.2.0');
    // Asked for by name it is what was wanted, and its failure is a failure.
    const failed = await tagship(['release', 'publish', 'v0.2.0', '--yes'], { GITHUB_TOKEN: undefined });
    expect(failed.exitCode).toBe(3);
    expect(failed.stderr).toContain('export GITHUB_TOKEN');
    await github.mend();
    expect(await tagship(['release', 'publish', '0.2.0', '--yes', '--json'])).toMatchObject({ exitCode: 0 });
    expect((await github.state()).releases).toMatchObject(WHOLE);
  });

  it('is marked as a pre-release where it is one, and stays a draft where that is wanted', async () => {
    const { app, github, tagship } = await appWithBuild();
    await github.configure(app, { github: 'release: true, assets: ["none/*"], draft: true' });
    const run = await tagship(['release', 'minor', '--pre', 'beta', '--yes', '--no-checks']);
    expect(run).toMatchObject({ exitCode: 0 });
    expect(run.stderr).toContain('no file matches github.assets: none/*');
    const { releases } = await github.state();
    expect(releases).toMatchObject([{ tag: 'v0.2.0-beta.1', draft: true, prerelease: true, assets: [] }]);
  });

  it('follows the push of what --no-push kept, and a dry run changes nothing', async () => {
    const { github, tagship } = await appWithBuild();
    await tagship(['release', 'minor', '--yes', '--no-checks', '--no-push']);
    expect((await github.state()).requests).toEqual([]);
    const run = await tagship(['release', 'publish', '--yes', '--json']);
    expect(JSON.parse(run.stdout)).toMatchObject({ outcome: 'published', github: [{ tag: 'v0.2.0' }] });
    const dry = await tagship(['release', 'publish', 'v0.2.0', '--dry-run', '--json']);
    expect(JSON.parse(dry.stdout)).toEqual({ outcome: 'planned', tags: ['v0.2.0'], steps: [] });
    expect((await github.state()).releases).toMatchObject(WHOLE);
  });
});

describe('one release, each file once and whole', () => {
  it.each([
    ['POST /repos/owner/app/releases/', 'cut'],
    ['POST /repos/owner/app/releases/', 'cut-after'],
    ['POST /repos/owner/app/releases/', 500],
    ['POST /repos/owner/app/releases/', 'hang'],
    ['POST /repos/owner/app/releases', 'cut-after'],
    ['PATCH /repos', 'cut-after'],
  ] as const)('when a request stumbles once (%s: %s)', async (request, how) => {
    const { github, release } = await appWithBuild(how === 'hang' ? '10s' : undefined);
    await github.fail(request, how);
    expect(await release()).toMatchObject({ exitCode: 0 });
    expect((await github.state()).releases).toMatchObject(WHOLE);
  });

  it('when it is killed before or after each request and repeated', async () => {
    const { github, tagship, release } = await appWithBuild();
    await github.fail('/releases', 403, { times: 9 });
    await release();
    await github.mend();
    const publish = (env = {}) => tagship(['release', 'publish', 'v0.2.0', '--yes'], { ...GITHUB_ENV, ...env });
    // Two requests look for what is left; the third makes it: the draft, the upload, the publishing.
    let killed = 0;
    for (; killed < 12; killed += 1) {
      const run = await publish({
        NODE_OPTIONS: `--import ${KILL_AT_REQUEST}`,
        KILL_AT: '3',
        KILL_MODE: killed % 2 === 0 ? 'before' : 'after',
      });
      if (run.signal !== 'SIGKILL') break;
    }
    expect(killed).toBe(6);
    expect(await publish()).toMatchObject({ exitCode: 0 });
    expect((await github.state()).releases).toMatchObject(WHOLE);
  });
});
