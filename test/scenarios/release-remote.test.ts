import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppRepository } from '../support/app-repository.ts';
import { runProgram } from '../support/tagship.ts';

const RELEASE = ['release', 'minor', '--yes', '--no-checks'];

/** An app that fetches from a mirror: `origin` is where it pushes to. */
async function behindMirror(how: 'pushurl' | 'pushInsteadOf'): Promise<AppRepository> {
  const app = await AppRepository.make();
  await runProgram('git', ['clone', '-q', '--bare', app.origin, join(app.folder, 'mirror.git')], { cwd: app.folder });
  await app.git('config', 'remote.origin.url', '../mirror.git');
  if (how === 'pushurl') await app.git('config', 'remote.origin.pushurl', '../origin.git');
  else await app.git('config', 'url.../origin.pushInsteadOf', '../mirror');
  return app;
}

describe.each(['pushurl', 'pushInsteadOf'] as const)('a remote that is pushed to elsewhere, by %s,', (how) => {
  it('is asked there what is published', async () => {
    const app = await behindMirror(how);
    await app.gitAtOrigin('tag', 'v0.2.0', 'main');
    const run = await app.tagship(RELEASE);
    expect(run).toMatchObject({ exitCode: 3 });
    expect(run.stderr).toContain('origin has a tag v0.2.0 already');
  });

  it('never has a release undone that is published there', async () => {
    const app = await behindMirror(how);
    await app.hook('app', 'pre-push', 'kill -9 "${TAGSHIP_STARTED_BY%%.*}"');
    expect(await app.tagship(RELEASE)).toMatchObject({ signal: 'SIGKILL' });
    // The git that the killed tagship started goes on and publishes.
    await expect.poll(async () => (await app.refs('origin'))['refs/tags/v0.2.0']).toBeDefined();
    const made = await app.refs();
    const aborted = await app.tagship(['release', 'abort']);
    expect(aborted).toMatchObject({ exitCode: 3 });
    expect(aborted.stderr).toContain('is on origin already');
    expect(await app.tagship(['release', 'continue'])).toMatchObject({ exitCode: 0 });
    expect(await app.refs()).toEqual(made);
    expect(await app.git('rev-parse', 'origin/main')).toBe(made['refs/heads/main']);
  });
});

describe('refused, with nothing changed:', () => {
  it('a remote that is pushed to several places', async () => {
    const app = await AppRepository.make();
    for (const place of ['../origin.git', '../other.git']) {
      await app.git('remote', 'set-url', '--add', '--push', 'origin', place);
    }
    const before = await app.refs();
    const run = await app.tagship(RELEASE);
    expect(run).toMatchObject({ exitCode: 3 });
    expect(run.stderr).toContain('several places');
    expect(await app.refs()).toEqual(before);
  });

  it('a remote of another name, which is named', async () => {
    const app = await AppRepository.make();
    await app.git('remote', 'rename', 'origin', 'upstream');
    const run = await app.tagship(RELEASE);
    expect(run).toMatchObject({ exitCode: 3 });
    expect(run.stderr).toContain('next: name it in tagship.yaml: release: { remote: upstream }');
  });

  it('a remote that is pushed to as to a mirror', async () => {
    const app = await AppRepository.make();
    await app.git('config', 'remote.origin.mirror', 'true');
    const run = await app.tagship(RELEASE);
    expect(run).toMatchObject({ exitCode: 3 });
    expect(run.stderr).toContain('next: git config --unset remote.origin.mirror');
  });

  it('a clone without tags, which would tell the last release again', async () => {
    const app = await AppRepository.make();
    expect(await app.tagship(RELEASE)).toMatchObject({ exitCode: 0 });
    await app.git('tag', '-d', 'v0.2.0');
    await app.commit('lib/next.dart', '// next\n', 'feat: more');
    const run = await app.tagship(RELEASE);
    expect(run).toMatchObject({ exitCode: 3 });
    expect(run.stderr).toContain('next: git fetch --tags origin');
    await app.git('fetch', '-q', '--tags', 'origin');
    expect(await app.tagship(RELEASE)).toMatchObject({ exitCode: 0 });
    expect(app.read('CHANGELOG.md').match(/greet people/g)).toHaveLength(1);
  });

  it('a remote with a password, which is not shown', async () => {
    const app = await AppRepository.make();
    await app.git('remote', 'set-url', 'origin', 'http://me:hunter2@127.0.0.1:1/app.git');
    const run = await app.tagship([...RELEASE, '--json']);
    expect(run).toMatchObject({ exitCode: 3 });
    expect(run.stdout + run.stderr).not.toContain('hunter2');
  });

  it('to go on at another place than the release was begun for', async () => {
    const app = await AppRepository.make();
    await app.hook('origin', 'pre-receive', 'exit 1');
    expect(await app.tagship(RELEASE)).toMatchObject({ exitCode: 4 });
    await app.git('remote', 'set-url', 'origin', '../other.git');
    for (const word of ['continue', 'abort']) {
      const run = await app.tagship(['release', word]);
      expect(run).toMatchObject({ exitCode: 3 });
      expect(run.stderr).toContain('git remote set-url origin ../origin.git');
    }
  });
});

describe('a published release branch that is finished', () => {
  async function published(): Promise<AppRepository> {
    const app = await AppRepository.make();
    await app.tagship(['release', 'start', 'minor']);
    await app.git('push', '-q', '-u', 'origin', 'release/v0.2.0');
    return app;
  }
  const during = (app: AppRepository, command: string) =>
    app.write('tagship.yaml', `checks: { analyze: ${JSON.stringify(command)}, test: false }\n`);

  it('may have been deleted by someone else meanwhile', async () => {
    const app = await published();
    await during(app, `git -C ${app.origin} update-ref -d refs/heads/release/v0.2.0`);
    expect(await app.tagship(['release', 'finish', '--yes'])).toMatchObject({ exitCode: 0 });
    expect(await app.refs('origin')).toEqual(await app.refs());
  });

  it('keeps what someone else has added meanwhile, and says how to take it in', async () => {
    const app = await published();
    await during(app, `git -C ${app.origin} update-ref refs/heads/release/v0.2.0 develop`);
    const before = await app.refs();
    const run = await app.tagship(['release', 'finish', '--yes']);
    expect(run).toMatchObject({ exitCode: 4 });
    expect(run.stderr).toContain('next: tagship release abort, then git fetch origin release/v0.2.0:release/v0.2.0');
    expect(await app.tagship(['release', 'abort'])).toMatchObject({ exitCode: 0 });
    expect(await app.refs()).toEqual(before);
  });
});

it('after someone else was quicker, the way on is to undo, to fetch and to release again', async () => {
  const app = await AppRepository.make();
  const other = join(app.folder, 'other');
  await runProgram('git', ['clone', '-q', '-b', 'develop', app.origin, other], { cwd: app.folder });
  const push = `cd ${other} && git -c user.name=T -c user.email=t@example.com commit -q --allow-empty -m 'feat: quicker'`;
  await app.write('tagship.yaml', `checks: { analyze: "${push} && git push -q", test: false }\n`);
  const run = await app.tagship(['release', 'minor', '--yes']);
  expect(run).toMatchObject({ exitCode: 4 });
  expect(run.stderr).toContain('next: tagship release abort, then git fetch origin develop:develop');
  await app.write('tagship.yaml', 'checks: { analyze: "true", test: false }\n');
  expect(await app.tagship(['release', 'abort'])).toMatchObject({ exitCode: 0 });
  await app.git('pull', '-q', 'origin', 'develop');
  expect(await app.tagship(['release', 'minor', '--yes'])).toMatchObject({ exitCode: 0 });
  expect(await app.refs('origin')).toEqual(await app.refs());
});

it('who loses a race is told to begin anew, however the server says no', async () => {
  const app = await AppRepository.make();
  const other = await app.git('commit-tree', '-p', 'develop', '-m', 'Merge: theirs', 'develop^{tree}');
  await app.git('push', '-q', 'origin', `${other}:refs/heads/theirs`);
  await app.hook(
    'origin',
    'pre-receive',
    `env -u GIT_QUARANTINE_PATH git update-ref refs/heads/develop ${other}; exit 1`,
  );
  const run = await app.tagship(['release', 'minor', '--yes']);
  expect(run.exitCode).toBe(4);
  expect(run.stderr).toContain('next: tagship release abort, then git fetch origin develop:develop');
});

it('an abort that git refuses names itself, and not the way forward', async () => {
  const app = await AppRepository.make();
  await app.hook('origin', 'pre-receive', 'exit 1');
  await app.tagship(['release', 'minor', '--yes']);
  await app.hook('app', 'reference-transaction', '[ "$1" != prepared ]');
  const run = await app.tagship(['release', 'abort', '--yes']);
  expect(run.exitCode).toBe(4);
  expect(run.stderr).toContain('next: mend what git names, then the same command again');
});
