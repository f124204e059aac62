import { describe, expect, it } from 'vitest';
import { AppRepository } from '../support/app-repository.ts';

const RELEASE = ['release', 'minor', '--yes', '--no-checks', '--no-push'];

describe('releases that stayed on this machine', () => {
  it('are published together, all or nothing, and nothing else is', async () => {
    const app = await AppRepository.make();
    await app.git('tag', 'mine', 'main');
    expect((await app.tagship(RELEASE)).stderr).toContain('next: tagship release publish');
    await app.commit('lib/next.dart', '// next\n', 'feat: more');
    expect(await app.tagship(RELEASE)).toMatchObject({ exitCode: 0 });
    const before = await app.refs('origin');
    expect(await app.tagship(['release', 'publish', '--dry-run'])).toMatchObject({ exitCode: 0 });
    await app.hook('origin', 'update', '[ "$1" != refs/heads/main ]');
    expect(await app.tagship(['release', 'publish'])).toMatchObject({ exitCode: 4 });
    expect(await app.refs('origin')).toEqual(before);

    await app.hook('origin', 'update', 'exit 0');
    expect(await app.tagship(['release', 'publish'])).toMatchObject({ exitCode: 0 });
    const { 'refs/tags/mine': mine, ...released } = await app.refs();
    expect(mine).toBeDefined();
    expect(Object.keys(released)).toContain('refs/tags/v0.3.0');
    expect(await app.refs('origin')).toEqual(released);
    const again = await app.tagship(['release', 'publish']);
    expect(again).toMatchObject({ exitCode: 3 });
    expect(again.stderr).toContain('every release here is on origin');
  });

  it('are named when a later release has gone out without them, with the command that sends their tags', async () => {
    const app = await AppRepository.make();
    expect(await app.tagship(RELEASE)).toMatchObject({ exitCode: 0 });
    await app.commit('lib/next.dart', '// next\n', 'feat: more');
    const told = 'this one goes out without v0.2.0: git push origin refs/tags/v0.2.0\n';
    const later = await app.tagship(RELEASE.slice(0, -1));
    expect(later).toMatchObject({ exitCode: 0 });
    expect(`${later.stdout}${later.stderr}`).toContain(told);
    await app.commit('lib/third.dart', '// third\n', 'feat: even more');
    const last = await app.tagship(RELEASE.slice(0, -1));
    expect(`${last.stdout}${last.stderr}`).not.toContain('goes out without');
    const { exitCode, stderr } = await app.tagship(['release', 'publish']);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('v0.2.0 is not on origin, and a higher release is');
    expect(stderr).toContain('next: git push origin refs/tags/v0.2.0');
    await app.git('push', '-q', 'origin', 'refs/tags/v0.2.0');
    expect((await app.tagship(['release', 'publish'])).stderr).toContain('every release here is on origin');
  });

  it('are not published over what others pushed meanwhile', async () => {
    const app = await AppRepository.make();
    await app.commit('lib/theirs.dart', '// theirs\n', 'feat: theirs');
    await app.git('push', '-q', 'origin', 'develop');
    await app.git('reset', '-q', '--hard', 'HEAD~1');
    expect(await app.tagship(RELEASE)).toMatchObject({ exitCode: 0 });
    const run = await app.tagship(['release', 'publish']);
    expect(run).toMatchObject({ exitCode: 3 });
    expect(run.stderr).toContain('develop lacks commits that origin has');
  });
});
