import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppRepository } from '../support/app-repository.ts';

const RELEASE = ['release', 'minor', '--yes', '--no-checks'];

const APP = `name: app
version: 1.2.0+7 # in the stores

dependencies:
  core: ^1.2.0
  ui:
    path: ../packages/ui
`;
const UI = `name: ui\nversion: 1.2.0\ndependencies:\n  core: '>=1.2.0 <2.0.0'\ndev_dependencies:\n  core_testing: 1.2.0\n`;
const FILES = {
  'tagship.yaml': 'release: { packages: together }\n',
  'pubspec.yaml': 'name: workspace\nworkspace: [app]\n',
  'app/pubspec.yaml': APP,
  'app/lib/main.dart': 'void main() {}\n',
  'packages/core/pubspec.yaml': 'name: core\nversion: 1.1.0\n',
  'packages/core_testing/pubspec.yaml': 'name: core_testing\nversion: 1.2.0\n',
  'packages/ui/pubspec.yaml': UI,
  'tool/pubspec.yaml': 'name: tool\ndependencies: { core: ^1.2.0, path: ^1.9.0 }\n',
};

const make = (files: Readonly<Record<string, string>> = {}) => AppRepository.make({ files: { ...FILES, ...files } });
const shown = (app: AppRepository, path: string, at = 'main') => app.git('show', `${at}:${path}`);

describe('packages that are released together', () => {
  it('get one version from the highest, and one tag', async () => {
    const app = await make();
    expect(await app.tagship(RELEASE)).toMatchObject({ exitCode: 0 });
    expect(await app.git('tag')).toBe('v1.3.0');
    expect(await shown(app, 'app/pubspec.yaml')).toBe(
      APP.replace('1.2.0+7', '1.3.0+8').replace('^1.2.0', '^1.3.0').trimEnd(),
    );
    expect(await shown(app, 'packages/core/pubspec.yaml')).toBe('name: core\nversion: 1.3.0');
    expect(await shown(app, 'packages/ui/pubspec.yaml')).toBe(
      UI.replace('version: 1.2.0', 'version: 1.3.0').replace('core_testing: 1.2.0', 'core_testing: 1.3.0').trimEnd(),
    );
    expect(await app.git('log', '-1', '--format=%s', 'develop^2^2')).toBe('chore(release): 1.3.0');
    expect(await app.refs('origin')).toEqual(await app.refs());
  });

  it('take along the constraints of what has no version, which stays without one', async () => {
    const app = await make();
    await app.tagship(RELEASE);
    expect(await shown(app, 'tool/pubspec.yaml')).toBe('name: tool\ndependencies: { core: ^1.3.0, path: ^1.9.0 }');
    expect(await shown(app, 'pubspec.yaml')).toBe(FILES['pubspec.yaml'].trimEnd());
  });

  it('are tested with what only needs them: its constraints have changed too', async () => {
    const checks = `checks: { get: false, analyze: false, test: 'pwd >> "$GATED"' }\n`;
    const app = await make({
      'tagship.yaml': `${FILES['tagship.yaml']}${checks}`,
      'other/pubspec.yaml': 'name: other\n',
    });
    const GATED = join(app.folder, 'gated');
    expect(await app.tagship(['release', 'minor', '--yes'], { GATED })).toMatchObject({ exitCode: 0 });
    const gated = readFileSync(GATED, 'utf8')
      .trim()
      .split('\n')
      .map((folder) => basename(folder));
    expect(gated.sort()).toEqual(['app', 'core', 'core_testing', 'tool', 'ui']);
  });

  it('are planned with those first that need others', async () => {
    const app = await make();
    const { stdout } = await app.tagship(['release', 'minor', '--dry-run', '--json']);
    const { details } = JSON.parse(stdout).plan;
    expect(details.packages.map(({ name }: { name: string }) => name)).toEqual(['app', 'ui', 'core', 'core_testing']);
    expect(details.tags).toHaveLength(1);
  });

  it('are only those that are included', async () => {
    const config = 'release: { packages: { mode: together, include: [app, "packages/c*"] } }\n';
    const app = await make({ 'tagship.yaml': config });
    expect(await app.tagship(RELEASE)).toMatchObject({ exitCode: 0 });
    expect(await shown(app, 'packages/ui/pubspec.yaml')).toBe(
      UI.replace('core_testing: 1.2.0', 'core_testing: 1.3.0').trimEnd(),
    );
    expect(await shown(app, 'packages/core/pubspec.yaml')).toContain('version: 1.3.0');
  });

  it('are refused with the path of one that cannot be edited, and nothing has changed', async () => {
    const app = await make({ 'packages/core/pubspec.yaml': 'name: core\nversion: one\n' });
    const refs = await app.refs();
    const run = await app.tagship(RELEASE);
    expect(run).toMatchObject({ exitCode: 3 });
    expect(run.stderr).toContain('packages/core/pubspec.yaml cannot be given a new version');
    expect(await app.refs()).toEqual(refs);
  });

  it('cannot be named beside the one pubspec', async () => {
    const app = await make({ 'tagship.yaml': 'release: { packages: together, pubspec: app/pubspec.yaml }\n' });
    const run = await app.tagship(RELEASE);
    expect(run).toMatchObject({ exitCode: 2 });
    expect(run.stderr).toContain('release.packages: and pubspec cannot both be set');
  });

  it('are all pushed later when the push was rejected', async () => {
    const app = await make();
    await app.hook('origin', 'pre-receive', 'exit 1');
    expect(await app.tagship(RELEASE)).toMatchObject({ exitCode: 4 });
    expect(await app.gitAtOrigin('tag')).toBe('');
    await app.hook('origin', 'pre-receive', 'exit 0');
    expect(await app.tagship(['release', 'continue'])).toMatchObject({ exitCode: 0 });
    expect(await app.refs('origin')).toEqual(await app.refs());
    expect(await app.gitAtOrigin('show', 'v1.3.0:packages/core/pubspec.yaml')).toBe('name: core\nversion: 1.3.0');
  });

  it('ask git for nothing more when there are more of them', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`more/p${index}/pubspec.yaml`, `name: p${index}\nversion: 1.0.0\n`]),
    );
    const started = async (files: Readonly<Record<string, string>>) => {
      const app = await make(files);
      const trace = `${app.folder}/trace`;
      expect(await app.tagship(RELEASE, { GIT_TRACE2_EVENT: trace })).toMatchObject({ exitCode: 0 });
      return readFileSync(trace, 'utf8').match(/"event":"start"/g)?.length;
    };
    expect(await started(many)).toBe(await started({}));
  });
});

describe('a hotfix of packages that are released together', () => {
  it('keeps the versions and constraints of an open release branch', async () => {
    const app = await make();
    await app.tagship(RELEASE);
    await app.commit('app/lib/next.dart', '// next\n', 'feat: next');
    await app.tagship(['release', 'start', 'minor', '--no-push']);
    await app.tagship(['hotfix', 'critical-bug']);
    await app.commit('app/lib/main.dart', 'void main() { /* mended */ }\n', 'fix: mend it');
    expect(await app.tagship(['hotfix', 'critical-bug', '--yes', '--no-checks'])).toMatchObject({ exitCode: 0 });
    expect(await shown(app, 'app/pubspec.yaml')).toContain('core: ^1.3.1');
    expect(await shown(app, 'app/pubspec.yaml', 'develop')).toContain('core: ^1.3.1');
    const open = 'release/v1.4.0';
    expect(await shown(app, 'app/pubspec.yaml', open)).toContain('version: 1.4.0+10 # in the stores');
    expect(await shown(app, 'app/pubspec.yaml', open)).toContain('core: ^1.4.0');
    expect(await shown(app, 'packages/core/pubspec.yaml', open)).toContain('version: 1.4.0');
    expect(await shown(app, 'tool/pubspec.yaml', open)).toContain('core: ^1.4.0');
    expect(await shown(app, 'app/lib/main.dart', open)).toContain('mended');
  });
});

describe('a release branch of packages that are released together', () => {
  it('has their version from its start, and is finished with it', async () => {
    const app = await make();
    expect(await app.tagship(['release', 'start', 'minor'])).toMatchObject({ exitCode: 0 });
    expect(app.read('packages/core/pubspec.yaml')).toContain('version: 1.3.0');
    expect(await app.tagship(['release', 'finish', '--yes', '--no-checks'])).toMatchObject({ exitCode: 0 });
    expect(await shown(app, 'app/pubspec.yaml')).toContain('version: 1.3.0+8');
    expect(await app.git('tag')).toBe('v1.3.0');
  });
});
