import { describe, expect, it } from 'vitest';
import { AppRepository } from '../support/app-repository.ts';

describe('release --notes', () => {
  it('prints what would be released, alone, and changes nothing', async () => {
    const app = await AppRepository.make();
    const [refs, tree] = [await app.refs(), await app.fingerprint()];
    const run = await app.tagship(['release', '--notes', 'minor']);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.stdout).toMatch(
      /^## 0\.2\.0 \(\d{4}-\d\d-\d\d\)\n\n### Features\n\n\* begin [0-9a-f]{7}\n\* greet people [0-9a-f]{7}\n$/,
    );
    expect([await app.refs(), await app.fingerprint()]).toEqual([refs, tree]);
    expect((await app.tagship(['release', '--notes'])).stdout).toBe(run.stdout);
  });

  it('holds what was written by hand for it, and is word for word what the changelog gets', async () => {
    const app = await AppRepository.make();
    await app.commit('CHANGELOG.md', '# Changelog\n\n## [Unreleased]\n\nBy hand.\n\n## 0.1.0\n\n- old\n', 'docs: soon');
    await app.git('push', '-q', 'origin', 'develop');
    const { stdout: notes } = await app.tagship(['release', '--notes', 'minor']);
    expect(notes).toContain('By hand.');
    expect(notes).not.toContain('- old');
    expect(await app.tagship(['release', 'minor', '--yes'])).toMatchObject({ exitCode: 0 });
    expect(app.read('CHANGELOG.md')).toContain(notes);
  });

  it('prints those of a release by its tag or version, also without a changelog', async () => {
    const app = await AppRepository.make();
    await app.write('tagship.yaml', 'release: { changelog: false }\n');
    await app.tagship(['release', 'minor', '--yes']);
    await app.commit('lib/more.dart', '\n', 'feat: more');
    await app.git('push', '-q', 'origin', 'develop');
    await app.tagship(['release', 'minor', '--yes']);

    const first = await app.tagship(['release', '--notes', 'v0.2.0', '--json']);
    const notes = expect.stringMatching(/^## 0\.2\.0 [\s\S]*greet people/);
    expect(JSON.parse(first.stdout)).toEqual({ outcome: 'notes', tags: [{ name: 'v0.2.0', version: '0.2.0', notes }] });
    const second = await app.tagship(['release', '--notes', '0.3.0']);
    expect(second.stdout).toContain('* more');
    expect(second.stdout).not.toContain('greet people');
  });

  it.each([
    ['git@github.com:team/app.git', 'https://github.com/team/app/commit/'],
    ['git@gitlab.com:team/app.git', 'https://gitlab.com/team/app/-/commit/'],
  ])('links to the pages of %s', async (remote, commit) => {
    const app = await AppRepository.make();
    await app.git('remote', 'set-url', 'origin', remote);
    const { stdout: notes } = await app.tagship(['release', '--notes', 'minor', '--no-push']);
    expect(notes).toContain(`](${commit}${await app.git('rev-parse', 'develop')}))`);
  });

  it('refuses what could not be released', async () => {
    const app = await AppRepository.make();
    const run = await app.tagship(['release', '--notes', '0.0.1']);
    expect(run).toMatchObject({ exitCode: 3, stdout: '' });
    expect(run.stderr).toContain('0.0.1 is not higher than 0.1.0');
  });
});
