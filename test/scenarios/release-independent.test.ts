import { describe, expect, it } from 'vitest';
import { AppRepository } from '../support/app-repository.ts';
import { GITHUB_ENV, GitHub } from '../support/github.ts';
import { runTagship } from '../support/tagship.ts';

const APP = `name: app
version: 2.0.0+7 # in the stores

dependencies:
  core: ^1.1.0
  ui:
    path: ../packages/ui
`;
const FILES = {
  'tagship.yaml': 'release: { packages: independent }\n',
  'pubspec.yaml': 'name: workspace\nworkspace: [app]\n',
  'app/pubspec.yaml': APP,
  'packages/core/pubspec.yaml': 'name: core\nversion: 1.1.0\n',
  'packages/lone/pubspec.yaml': 'name: lone\nversion: 0.9.0\n',
  'packages/ui/pubspec.yaml': 'name: ui\nversion: 0.3.0\n',
  'tool/pubspec.yaml': 'name: tool\ndependencies: { core: ^1.1.0 }\n',
};

/** Every package has been released with the version it has. */
async function make(files: Readonly<Record<string, string>> = {}): Promise<AppRepository> {
  const app = await AppRepository.make({ files: { ...FILES, ...files } });
  const released = ['app-v2.0.0', 'core-v1.1.0', 'lone-v0.9.0', 'ui-v0.3.0'];
  for (const tag of released) await app.git('tag', '-a', '-m', tag, tag, 'main');
  await app.git('push', '-q', 'origin', ...released);
  return app;
}

const QUIETLY = ['--yes', '--no-checks'];
const shown = (app: AppRepository, path: string, at = 'main') => app.git('show', `${at}:${path}`);
const newTags = async (app: AppRepository) => (await app.git('tag', '--points-at', 'main')).split('\n');

async function change(app: AppRepository, path: string, message: string): Promise<void> {
  await app.commit(path, `// ${message}\n`, message);
  await app.git('push', '-q', 'origin', 'HEAD');
}

describe('independent packages', () => {
  it('are released where they have changed, with what needs them: one commit, a tag each, one push', async () => {
    const app = await make();
    await change(app, 'packages/core/lib/core.dart', 'feat: more');
    expect(await runTagship(['-C', app.origin, 'hook', 'pre-receive', '--install'], { cwd: app.path })).toMatchObject({
      exitCode: 0,
    });
    expect(await app.tagship(['release', 'minor', ...QUIETLY])).toMatchObject({ exitCode: 0 });

    expect(await newTags(app)).toEqual(['app-v2.0.1', 'core-v1.2.0']);
    expect(await app.git('cat-file', '-t', 'core-v1.2.0')).toBe('tag');
    expect(await app.git('log', '-1', '--format=%s', 'main^2')).toBe('chore(release): core 1.2.0, app 2.0.1');
    expect(await shown(app, 'app/pubspec.yaml')).toBe(
      APP.replace('2.0.0+7', '2.0.1+8').replace('^1.1.0', '^1.2.0').trimEnd(),
    );
    expect(await shown(app, 'tool/pubspec.yaml')).toContain('core: ^1.2.0');
    expect(await shown(app, 'packages/core/CHANGELOG.md')).toMatch(
      /^# Changelog\n\n## 1\.2\.0 .*\n\n### Features\n\n\* more/,
    );
    expect(await shown(app, 'app/CHANGELOG.md')).toMatch(/## 2\.0\.1 .*\n\n### Dependencies\n\n\* core 1\.2\.0$/);
    await expect(shown(app, 'CHANGELOG.md')).rejects.toThrow('CHANGELOG.md');
    expect(await app.refs('origin')).toEqual(await app.refs());

    const again = await app.tagship(['release', 'minor', ...QUIETLY]);
    expect(again).toMatchObject({ exitCode: 3 });
    expect(again.stderr).toContain('no package has changed since its own last release');
    expect((await app.tagship(['release', '--notes', '1.2.0', '--package', 'core'])).stdout).toContain('* more');
    expect((await app.tagship(['release', '--notes', 'app-v2.0.1'])).stdout).toContain('* core 1.2.0');
  });

  it('are judged one by one by the server: annotated, on main, of the version of the package that a tag names', async () => {
    const app = await make();
    await runTagship(['-C', app.origin, 'hook', 'pre-receive', '--install'], { cwd: app.path });
    const refused = async (tag: string) => {
      await app.git('tag', '-a', '-m', tag, tag, 'main');
      await app.git('push', '-q', 'origin', tag).then(
        () => expect.fail(`${tag} was taken`),
        (error: Error) => expect(error.message).toContain(`${tag} does not stand for the version of its commit`),
      );
    };
    await refused('core-v2.0.0');
    await refused('corex-v1.1.0');
    expect(Object.keys(await app.refs('origin')).filter((name) => name.includes('core'))).toEqual([
      'refs/tags/core-v1.1.0',
    ]);
  });

  it('that were rejected are all published later, or all undone', async () => {
    const app = await make();
    await change(app, 'packages/core/lib/core.dart', 'fix: it');
    const before = await app.refs();
    await app.hook('origin', 'pre-receive', 'exit 1');
    const release = ['release', 'patch', '--package', 'core', ...QUIETLY];
    expect(await app.tagship(release)).toMatchObject({ exitCode: 4 });
    expect(await newTags(app)).toEqual(['app-v2.0.1', 'core-v1.1.1']);
    expect((await app.tagship(['release', 'status'])).stdout).toContain('Release core-v1.1.1, app-v2.0.1, begun');
    expect(await app.tagship(['release', 'abort'])).toMatchObject({ exitCode: 0 });
    expect(await app.refs()).toEqual(before);

    expect(await app.tagship(release)).toMatchObject({ exitCode: 4 });
    await app.hook('origin', 'pre-receive', 'exit 0');
    expect(await app.tagship(release)).toMatchObject({ exitCode: 0 });
    expect(await app.refs('origin')).toEqual(await app.refs());
    expect(await newTags(app)).toEqual(['app-v2.0.1', 'core-v1.1.1']);
  });

  it('that stay on this machine are published with all their tags, and no others', async () => {
    const app = await make();
    await app.git('tag', 'ui-v0.1.0', 'main');
    await change(app, 'packages/core/lib/core.dart', 'fix: it');
    await app.tagship(['release', 'patch', '--no-push', ...QUIETLY]);
    expect(await app.tagship(['release', 'publish', '--yes'])).toMatchObject({ exitCode: 0 });
    const { 'refs/tags/ui-v0.1.0': _old, ...published } = await app.refs();
    expect(await app.refs('origin')).toEqual(published);
  });

  it('go through pre-releases, each with its own count, to their releases', async () => {
    const app = await make();
    await change(app, 'packages/core/lib/core.dart', 'feat: more');
    const beta = ['release', 'auto', '--pre', 'beta', ...QUIETLY];
    await app.tagship(beta);
    await change(app, 'packages/lone/lib/lone.dart', 'feat: alone');
    await app.tagship(beta);
    await change(app, 'packages/core/lib/core.dart', 'fix: again');
    await app.tagship(beta);
    expect((await app.git('tag', '--list', '*beta*')).split('\n')).toEqual([
      'app-v2.0.1-beta.1',
      'app-v2.0.1-beta.2',
      'core-v1.2.0-beta.1',
      'core-v1.2.0-beta.2',
      'lone-v0.10.0-beta.1',
    ]);
    await app.tagship(['release', 'auto', ...QUIETLY]);
    expect(await newTags(app)).toEqual(['app-v2.0.1', 'core-v1.2.0', 'lone-v0.10.0']);
    expect(await shown(app, 'app/pubspec.yaml')).toContain('version: 2.0.1+10 # in the stores');
    expect(await shown(app, 'packages/core/CHANGELOG.md')).toMatch(/## 1\.2\.0 [\s\S]*\* more[\s\S]*\* again/);
  });
});

describe('a release branch of independent packages', () => {
  it('carries their versions, takes in a hotfix of another and fixes of its own, and is finished with all of them', async () => {
    const app = await make();
    await change(app, 'packages/core/lib/core.dart', 'feat: more');
    await change(app, 'packages/lone/lib/next.dart', 'feat: not now');
    expect(await app.tagship(['release', 'start', 'minor', '--package', 'core', '--yes'])).toMatchObject({
      exitCode: 0,
    });
    const branch = 'release/core-v1.2.0';
    expect(await app.git('symbolic-ref', '--short', 'HEAD')).toBe(branch);
    expect(app.read('app/pubspec.yaml')).toContain('version: 2.0.1+8');
    await app.commit('packages/ui/lib/ui.dart', '// mended\n', 'fix: found while testing');

    await app.tagship(['hotfix', 'critical-bug']);
    await app.commit('packages/core/lib/main.dart', '// mended\n', 'fix: critical');
    expect(await app.tagship(['hotfix', 'critical-bug', ...QUIETLY])).toMatchObject({ exitCode: 0 });
    expect(await newTags(app)).toEqual(['app-v2.0.1', 'core-v1.1.1']);
    expect(await shown(app, 'packages/core/pubspec.yaml', branch)).toContain('version: 1.2.0');
    expect(await shown(app, 'app/pubspec.yaml', branch)).toContain('version: 2.0.1+9');
    expect(await shown(app, 'app/pubspec.yaml', branch)).toContain('core: ^1.2.0');
    expect(await shown(app, 'app/pubspec.yaml', 'develop')).toContain('core: ^1.1.1');

    await app.git('switch', '-q', branch);
    expect((await app.tagship(['release', 'status'])).stdout).toContain('tagship release finish core-v1.2.0');
    expect(await app.tagship(['release', 'finish', 'core-v1.2.0', ...QUIETLY])).toMatchObject({ exitCode: 0 });
    expect(await newTags(app)).toEqual(['app-v2.0.2', 'core-v1.2.0', 'ui-v0.3.1']);
    expect(await app.refs('origin')).toEqual(await app.refs());
    expect(await app.git('symbolic-ref', '--short', 'HEAD')).toBe('develop');
    expect((await app.tagship(['release', '--notes'])).stdout).toContain('not now');
  });

  it('is given up when nothing is on it but its beginning', async () => {
    const app = await make();
    await change(app, 'packages/lone/lib/lone.dart', 'feat: alone');
    await app.tagship(['release', 'start', 'minor', '--yes']);
    expect(await app.tagship(['release', 'abort', 'lone-v0.10.0', '--yes'])).toMatchObject({ exitCode: 0 });
    expect(Object.keys(await app.refs()).filter((name) => name.includes('release'))).toEqual([]);
  });
});

describe('independent packages on GitHub', () => {
  it('are proposed together, and become a release each, with its own notes and files, the first one last', async () => {
    const app = await make({ '.gitignore': 'build/\n' });
    const github = await GitHub.serve(app.origin);
    await github.configure(app, {
      github: 'release: true, assets: ["**/build/*.zip"]',
      release: 'packages: independent',
    });
    await app.git('commit', '-q', '-a', '-m', 'chore: configure');
    await app.write('app/build/app.zip', 'app');
    await app.write('packages/lone/build/lone.zip', 'lone');
    await change(app, 'packages/core/lib/core.dart', 'feat: more');
    const run = (...args: string[]) => app.tagship([...args, ...QUIETLY], GITHUB_ENV);
    expect(await run('release', 'minor', '--pr')).toMatchObject({ exitCode: 0 });
    const body = expect.stringMatching(/# core-v1\.2\.0\n\n## 1\.2\.0 [\s\S]*\* more[\s\S]*# app-v2\.0\.1\n/);
    expect((await github.state()).pulls).toMatchObject([{ branch: 'release/core-v1.2.0', base: 'main', body }]);

    await github.merge(1, 'squash');
    expect(await app.tagship(['release', 'continue', 'app-v2.0.1'], GITHUB_ENV)).toMatchObject({ exitCode: 0 });
    expect(await newTags(app)).toEqual(['app-v2.0.1', 'core-v1.2.0']);
    expect(await app.refs('origin')).toEqual(await app.refs());
    expect((await github.state()).releases).toMatchObject([
      { tag: 'app-v2.0.1', body: expect.stringContaining('* core 1.2.0'), assets: [{ name: 'app.zip' }] },
      { tag: 'core-v1.2.0', body: expect.stringContaining('* more'), assets: [] },
    ]);
    const again = await app.tagship(['release', 'publish', '--yes'], GITHUB_ENV);
    expect(again.stderr).toContain('app-v2.0.1, core-v1.2.0 are on GitHub as it should be');
  });
});
