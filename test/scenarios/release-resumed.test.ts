import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppRepository } from '../support/app-repository.ts';
import { runTagship } from '../support/tagship.ts';

const REFUSE_MAIN = '[ "$1" != refs/heads/main ] || { echo "main is protected" >&2; exit 1; }';

describe('a rejected push', () => {
  it('publishes nothing, keeps the release here and says both ways on', async () => {
    const app = await AppRepository.make();
    await app.hook('origin', 'update', REFUSE_MAIN);
    const before = await app.refs('origin');
    const run = await app.tagship(['release', 'minor', '--yes']);

    expect(run.exitCode).toBe(4);
    expect(run.stderr).toContain('main is protected');
    expect(run.stderr).toContain(
      'next: mend the cause, then: tagship release continue (or undo it all: tagship release abort)',
    );
    expect(await app.refs('origin')).toEqual(before);
    expect(await app.git('show', 'v0.2.0:pubspec.yaml')).toContain('0.2.0+2');
  });

  it('is continued with the very same objects', async () => {
    const app = await AppRepository.make();
    await app.hook('origin', 'update', REFUSE_MAIN);
    await app.tagship(['release', 'minor', '--yes']);
    const made = await app.refs('app');
    await app.hook('origin', 'update', 'exit 0');

    expect(await app.tagship(['release', 'continue'])).toMatchObject({ exitCode: 0 });
    expect(await app.refs('origin')).toEqual(made);
    expect(await app.refs('app')).toEqual(made);
    expect(await app.tagship(['release', 'continue'])).toMatchObject({ exitCode: 3 });
  });

  it('is continued by the same words typed again', async () => {
    const app = await AppRepository.make();
    await app.hook('origin', 'update', REFUSE_MAIN);
    await app.tagship(['release', 'minor', '--yes']);
    const made = await app.refs('app');
    await app.hook('origin', 'update', 'exit 0');
    expect(await app.tagship(['release', 'minor', '--yes'])).toMatchObject({ exitCode: 0 });
    expect(await app.refs('origin')).toEqual(made);
  });

  it('is undone by abort, files included', async () => {
    const app = await AppRepository.make();
    const [refs, tree] = [await app.refs('app'), await app.fingerprint()];
    await app.hook('origin', 'update', REFUSE_MAIN);
    await app.tagship(['release', 'minor', '--yes']);
    expect(await app.fingerprint()).not.toBe(tree);

    expect(await app.tagship(['release', 'abort'])).toMatchObject({ exitCode: 0 });
    expect(await app.refs('app')).toEqual(refs);
    expect(await app.fingerprint()).toBe(tree);
    expect((await app.tagship(['release', 'status'])).stdout).toContain('no release is under way');
  });

  it('must be ended before another release begins', async () => {
    const app = await AppRepository.make();
    await app.hook('origin', 'update', REFUSE_MAIN);
    await app.tagship(['release', 'minor', '--yes']);
    const second = await app.tagship(['release', 'major', '--yes']);
    expect(second.exitCode).toBe(3);
    expect(second.stderr).toContain('next: tagship release continue (or: tagship release abort)');
  });
});

describe('abort', () => {
  it('leaves alone what has moved on since', async () => {
    const app = await AppRepository.make();
    await app.hook('origin', 'update', REFUSE_MAIN);
    const before = await app.refs('app');
    await app.tagship(['release', 'minor', '--yes']);
    await app.commit('later.txt', 'later\n', 'feat: later');
    const later = await app.git('rev-parse', 'develop');

    const run = await app.tagship(['release', 'abort']);
    expect(run).toMatchObject({ exitCode: 0 });
    expect(run.stderr).toContain('refs/heads/develop');
    expect(await app.refs('app')).toEqual({ ...before, 'refs/heads/develop': later });
  });

  it('refuses once the release is published', async () => {
    const app = await AppRepository.make();
    await killedDuring(app, 'pre-push', 'true');
    // The git that the killed tagship started goes on and publishes.
    await expect.poll(() => app.refs('origin')).toEqual(await app.refs('app'));
    const run = await app.tagship(['release', 'abort']);
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('is on origin already');
  });
});

describe('a release whose process was killed', () => {
  it.each(['before any ref moved', 'after the refs moved', 'during the push'])(
    '%s is completed by continue',
    async (moment) => {
      const app = await AppRepository.make();
      if (moment === 'during the push') await killedDuring(app, 'pre-push', 'true');
      else
        await killedDuring(
          app,
          'reference-transaction',
          `[ "$1" = ${moment.startsWith('before') ? 'prepared' : 'committed'} ]`,
        );
      expect(await app.tagship(['release', 'continue'])).toMatchObject({ exitCode: 0 });

      expect(await app.refs('origin')).toEqual(await app.refs('app'));
      expect(Object.keys(await app.refs('app'))).toEqual(['refs/heads/develop', 'refs/heads/main', 'refs/tags/v0.2.0']);
      expect(await app.git('merge-base', '--is-ancestor', 'v0.2.0', 'develop')).toBe('');
      expect(await app.git('status', '--porcelain')).toBe('');
    },
  );
});

/** Releases with a hook of git's that kills tagship, its parent's parent, when `condition` holds. */
async function killedDuring(app: AppRepository, hook: string, condition: string): Promise<void> {
  const once = join(app.folder, 'killed');
  await app.hook(
    'app',
    hook,
    `${condition} && [ ! -e ${once} ] && touch ${once} && kill -9 "$(awk '/^PPid:/ { print $2 }' "/proc/$PPID/status")"; true`,
  );
  const run = await runTagship(['release', 'minor', '--yes', '--no-checks'], { cwd: app.path });
  expect(run.signal).toBe('SIGKILL');
}
