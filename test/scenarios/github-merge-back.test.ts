import { describe, expect, it } from 'vitest';
import { AppRepository } from '../support/app-repository.ts';
import { GITHUB_ENV, GitHub } from '../support/github.ts';
import type { Finished } from '../support/tagship.ts';

const REWRITTEN = 'void main() { /* rewritten */ }\n';
const BOTH = 'void main() { /* rewritten and mended */ }\n';

/** An app on GitHub with a hotfix that does not merge back into develop. */
async function conflictingHotfix() {
  const app = await AppRepository.make();
  const github = await GitHub.serve(app.origin);
  await github.configure(app);
  const tagship = (...args: string[]): Promise<Finished> => app.tagship(args, GITHUB_ENV);
  await app.commit('lib/main.dart', REWRITTEN, 'feat: rewrite');
  await app.git('push', '-q', 'origin', 'develop');
  await tagship('hotfix', 'urgent');
  await app.commit('lib/main.dart', 'void main() { /* mended */ }\n', 'fix: urgent');
  const ship = (...more: string[]) =>
    tagship('hotfix', 'urgent', '--yes', '--no-checks', '--merge-back', 'later', ...more);
  return { app, github, tagship, ship };
}

/** What a person does about the conflict: on the branch that waits, as the pull request says. */
async function resolve(app: AppRepository): Promise<void> {
  await app.git('switch', '-q', 'merge-back/v0.1.1');
  await app.git('merge', '-q', 'develop').catch(() => undefined);
  await app.write('lib/main.dart', BOTH);
  await app.git('checkout', '-q', 'develop', '--', 'pubspec.yaml');
  await app.git('commit', '-q', '-a', '--no-edit');
  await app.git('push', '-q', 'origin', 'merge-back/v0.1.1');
}

describe('a merge back that waits', () => {
  it('is a pull request, known to status and continue until it is merged, and then nothing is left', async () => {
    const { app, github, tagship, ship } = await conflictingHotfix();
    const shipped = await ship('--json');
    expect(shipped).toMatchObject({ exitCode: 0 });
    const url = `${github.url}/owner/app/pull/1`;
    expect(shipped.stderr).toContain(`v0.1.1 is not in develop yet; pull request #1: ${url}`);
    expect(JSON.parse(shipped.stdout)).toMatchObject({
      outcome: 'released',
      mergeBack: [{ branch: 'merge-back/v0.1.1', into: 'develop', pullRequest: { number: 1, url, state: 'open' } }],
    });
    expect((await github.state()).pulls).toMatchObject([{ branch: 'merge-back/v0.1.1', base: 'develop' }]);

    expect((await tagship('release', 'status')).stdout).toContain(`next: merge ${url}, then: tagship release continue`);
    const waiting = await tagship('release', 'continue');
    expect(waiting.exitCode).toBe(3);
    expect(waiting.stderr).toContain('pull request #1, which merges v0.1.1 back into develop, is not merged yet');
    expect((await github.state()).pulls).toHaveLength(1);

    await resolve(app);
    await github.merge(1);
    const { open } = JSON.parse((await tagship('release', 'status', '--json')).stdout);
    expect(open).toMatchObject([{ next: 'tagship release continue v0.1.1', pullRequests: [{ state: 'merged' }] }]);
    const done = await tagship('release', 'continue', '--json');
    expect(done).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(done.stdout)).toEqual({ outcome: 'merged-back', merged: ['v0.1.1'], mergeBack: [] });
    for (const where of ['app', 'origin'] as const)
      expect(Object.keys(await app.refs(where))).toEqual(['refs/heads/develop', 'refs/heads/main', 'refs/tags/v0.1.1']);
    expect((await tagship('release', 'status')).stdout).toBe('no release is under way\n');
    expect(await app.gitAtOrigin('show', 'develop:lib/main.dart')).toBe(BOTH.trim());
    expect((await tagship('release', 'continue')).stderr).toContain('no release is under way here');
  });

  it('stays a branch where it cannot be proposed; the release is out, and continue proposes it once', async () => {
    const { app, github, tagship, ship } = await conflictingHotfix();
    await ship('--no-push');
    expect((await github.state()).requests).toEqual([]);
    const published = await app.tagship(['release', 'publish', '--yes', '--json'], { GITHUB_TOKEN: undefined });
    expect(published).toMatchObject({ exitCode: 0 });
    expect(published.stderr).toContain('git switch develop && git merge merge-back/v0.1.1');
    expect(published.stderr).toContain('next: tagship release continue v0.1.1');
    expect(JSON.parse(published.stdout)).toMatchObject({ mergeBack: [{ failed: expect.stringContaining('token') }] });

    await github.fail('POST /repos', 'cut-after');
    expect(await tagship('release', 'continue', '0.1.1')).toMatchObject({ exitCode: 0 });
    expect((await github.state()).pulls).toMatchObject([{ state: 'open' }]);

    await resolve(app);
    await github.merge(1, 'squash');
    const run = await tagship('release', 'continue');
    expect(run).toMatchObject({ exitCode: 0 });
    expect(run.stderr).toContain('next: git switch develop && git pull && git merge -s ours v0.1.1 && git push');
    expect(Object.keys(await app.refs('origin'))).not.toContain('refs/heads/merge-back/v0.1.1');
  });

  it('of a squashed pull request to main meets only what conflicts, and may be merged by hand', async () => {
    const { app, github, tagship, ship } = await conflictingHotfix();
    await ship('--pr');
    await github.merge(1, 'squash');
    expect(await tagship('release', 'continue')).toMatchObject({ exitCode: 0 });
    expect((await github.state()).pulls).toMatchObject([{}, { branch: 'merge-back/v0.1.1', base: 'develop' }]);
    await app.git('switch', '-q', 'develop');
    await app.git('merge', '-q', 'merge-back/v0.1.1').catch(() => undefined);
    expect(await app.git('diff', '--name-only', '--diff-filter=U')).toBe('lib/main.dart');
    await app.write('lib/main.dart', BOTH);
    await app.git('commit', '-q', '-a', '--no-edit');
    await app.git('push', '-q', 'origin', 'develop');
    await app.git('switch', '-q', 'merge-back/v0.1.1');
    await app.commit('lib/more.dart', '\n', 'feat: more');

    const run = await tagship('release', 'continue');
    expect(run).toMatchObject({ exitCode: 0 });
    expect(run.stderr).toContain('merge-back/v0.1.1 has commits that are nowhere else and is kept');
    expect(Object.keys(await app.refs())).toContain('refs/heads/merge-back/v0.1.1');
    expect(Object.keys(await app.refs('origin'))).not.toContain('refs/heads/merge-back/v0.1.1');
  });
});
