import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppRepository, PUBSPEC } from '../support/app-repository.ts';

const RELEASED = ['refs/heads/develop', 'refs/heads/main', 'refs/tags/v0.2.0'];

describe('a release', () => {
  it('publishes exactly main, develop and one annotated tag, and leaves a dirty feature branch byte for byte alone', async () => {
    const app = await AppRepository.make();
    await app.git('switch', '-q', '-c', 'feature/shiny');
    await app.write('lib/main.dart', 'void main() { /* half an idea */ }\n');
    await app.write('pubspec.yaml', `${PUBSPEC}# being edited\n`);
    await app.write('notes.txt', 'untracked\n');
    await app.write('lib/staged.dart', '// staged\n');
    await app.git('add', 'lib/staged.dart');
    const before = await app.fingerprint();

    const run = await app.tagship(['release', 'minor', '--yes']);

    expect(run).toMatchObject({ exitCode: 0, stdout: '' });
    expect(await app.fingerprint()).toBe(before);
    expect(await app.git('symbolic-ref', 'HEAD')).toBe('refs/heads/feature/shiny');
    expect(Object.keys(await app.refs('origin'))).toEqual(RELEASED);
    expect(await app.gitAtOrigin('cat-file', '-t', 'v0.2.0')).toBe('tag');
    const { 'refs/heads/feature/shiny': _, ...local } = await app.refs('app');
    expect(local).toEqual(await app.refs('origin'));
  });

  it('changes the version line and the changelog, and not a byte more', async () => {
    const app = await AppRepository.make();
    await app.tagship(['release', 'minor', '--yes']);

    expect(await app.git('show', 'v0.2.0:pubspec.yaml')).toBe(PUBSPEC.replace('0.1.0+1', '0.2.0+2').trimEnd());
    expect(await app.git('diff', '--name-only', 'v0.2.0^2~', 'v0.2.0^2')).toBe('CHANGELOG.md\npubspec.yaml');
    const changelog = await app.git('show', 'v0.2.0:CHANGELOG.md');
    expect(changelog).toMatch(/^# Changelog\n\n## 0\.2\.0 \(\d{4}-\d\d-\d\d\)\n\n### Features\n\n/);
    expect(changelog).toContain('* greet people');
  });

  it('leaves the graph that git flow leaves', async () => {
    const app = await AppRepository.make();
    const { 'refs/heads/main': main, 'refs/heads/develop': develop } = await app.refs();
    await app.tagship(['release', 'minor', '--yes']);

    const parents = async (commit: string) =>
      (await app.git('rev-list', '--parents', '-n1', commit)).split(' ').slice(1);
    const release = await app.git('rev-parse', 'v0.2.0^2');
    const merge = await app.git('rev-parse', 'v0.2.0^{commit}');
    expect(await parents(release)).toEqual([develop]);
    expect(await parents('main')).toEqual([main, release]);
    expect(await parents('develop')).toEqual([develop, merge]);
    expect(await app.git('rev-parse', 'main')).toBe(merge);
    expect(await app.git('log', '-1', '--format=%s', 'main')).toBe("Merge branch 'release/v0.2.0'");
  });

  it('tests exactly the release commit, not what lies in the working tree', async () => {
    const app = await AppRepository.make();
    await app.write('tagship.yaml', 'checks: { analyze: false, test: cp -r . "$SEEN" }\n');
    await app.write('lib/uncommitted.dart', '// not part of it\n');
    const seen = join(app.folder, 'seen');
    const run = await app.tagship(['release', 'minor', '--yes'], { SEEN: seen });

    expect(run).toMatchObject({ exitCode: 0 });
    expect(await readFile(join(seen, 'pubspec.yaml'), 'utf8')).toContain('version: 0.2.0+2');
    await expect(readFile(join(seen, 'lib/uncommitted.dart'))).rejects.toThrow('ENOENT');
  });

  it('brings a checked-out develop along and keeps uncommitted changes there', async () => {
    const app = await AppRepository.make();
    await app.write('lib/main.dart', 'void main() { /* half an idea */ }\n');
    const run = await app.tagship(['release', 'patch', '--yes']);

    expect(run).toMatchObject({ exitCode: 0 });
    expect(await app.git('status', '--porcelain')).toBe(' M lib/main.dart');
    expect(app.read('pubspec.yaml')).toContain('version: 0.1.1+2');
  });

  it('follows a changelog that is a symbolic link and picks the app among several packages', async () => {
    const app = await AppRepository.make({
      files: {
        'pubspec.yaml': 'name: _workspace\nworkspace: [app, packages/core]\n',
        'app/pubspec.yaml': 'name: shown\nversion: 1.18.2+64\n',
        'app/lib/main.dart': 'void main() {}\n',
        'app/assets/CHANGELOG.md': '## 1.18.2 (2026-08-21)\n\n- fix: something\n',
        'packages/core/pubspec.yaml': 'name: core\nversion: 0.0.1\n',
      },
      links: { 'CHANGELOG.md': 'app/assets/CHANGELOG.md' },
    });
    const run = await app.tagship(['release', 'minor', '--yes', '--no-checks']);

    expect(run).toMatchObject({ exitCode: 0 });
    expect(await app.git('diff', '--name-only', 'v1.19.0^2~', 'v1.19.0^2')).toBe(
      'app/assets/CHANGELOG.md\napp/pubspec.yaml',
    );
    expect(await app.git('show', 'v1.19.0:app/pubspec.yaml')).toContain('version: 1.19.0+65');
    expect(await app.git('show', 'v1.19.0:app/assets/CHANGELOG.md')).toMatch(/^## 1\.19\.0 .*## 1\.18\.2 /s);
  });

  it('is no more work in a repository of 2,000 commits than in one of 30', async () => {
    const counts: number[] = [];
    for (const size of [30, 2000]) {
      const app = await AppRepository.make();
      await addHistory(app, size);
      const trace = join(app.folder, 'trace');
      const run = await app.tagship(['release', 'minor', '--yes'], { GIT_TRACE2_EVENT: trace });
      expect(run).toMatchObject({ exitCode: 0 });
      counts.push(processesStarted(await readFile(trace, 'utf8')));
    }
    const [small = 0, large = 0] = counts;
    expect(large).toBeLessThanOrEqual(25);
    expect(large).toBe(small);
  });

  it('needs no branch to be checked out', async () => {
    const app = await AppRepository.make();
    await app.git('switch', '-q', '--detach');
    const before = await app.fingerprint();
    expect(await app.tagship(['release', 'minor', '--yes'])).toMatchObject({ exitCode: 0 });
    expect(await app.fingerprint()).toBe(before);
  });

  it('keeps to this machine with --no-push', async () => {
    const app = await AppRepository.make({ origin: false });
    expect(await app.tagship(['release', '1.0.0', '--no-push', '--yes'])).toMatchObject({ exitCode: 0 });
    expect(Object.keys(await app.refs())).toContain('refs/tags/v1.0.0');
  });

  it('brings main back into develop when main has commits of its own', async () => {
    const app = await AppRepository.make();
    await app.git('switch', '-q', 'main');
    await app.commit('hotfix.txt', 'fixed by hand\n', 'fix: on main only');
    await app.git('push', '-q', 'origin', 'main');
    const run = await app.tagship(['release', 'minor', '--yes']);

    expect(run).toMatchObject({ exitCode: 0 });
    expect(await app.git('show', 'develop:hotfix.txt')).toBe('fixed by hand');
    expect(await app.git('show', 'main:hotfix.txt')).toBe('fixed by hand');
  });
});

describe('a dry run', () => {
  it('shows the plan and writes nothing, not even an object', async () => {
    const app = await AppRepository.make();
    const [objects, refs] = [await app.git('count-objects', '-v'), await app.refs()];
    const run = await app.tagship(['release', 'minor', '--dry-run']);

    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain('Release v0.2.0');
    expect(run.stdout).toContain('* greet people');
    expect(await app.git('count-objects', '-v')).toBe(objects);
    expect(await app.refs()).toEqual(refs);
    await expect(readFile(join(app.path, '.git/tagship/release.jsonl'))).rejects.toThrow('ENOENT');
  });

  it('prints one JSON document and nothing else with --json', async () => {
    const app = await AppRepository.make();
    const planned = await app.tagship(['release', 'minor', '--dry-run', '--json']);
    expect(JSON.parse(planned.stdout)).toMatchObject({
      outcome: 'planned',
      plan: { kind: 'release', details: { tags: [{ name: 'v0.2.0' }] } },
    });
    const released = await app.tagship(['release', 'minor', '--yes', '--json']);
    expect(JSON.parse(released.stdout)).toMatchObject({
      outcome: 'released',
      packages: [{ name: 'greeter', folder: '', version: '0.2.0', pubspecVersion: '0.2.0+2', tag: 'v0.2.0' }],
      tags: [{ name: 'v0.2.0', version: '0.2.0' }],
      pushed: true,
    });
  });
});

/** Processes that tagship starts itself; what those start in turn is git's own affair, at both ends of a push. */
function processesStarted(trace: string): number {
  return trace
    .split('\n')
    .filter((line) => line.includes('"event":"start"'))
    .map((line) => JSON.parse(line) as { sid: string; argv: string[] })
    .filter(({ sid }) => !sid.includes('/')).length;
}

async function addHistory(app: AppRepository, count: number): Promise<void> {
  const { execFileSync } = await import('node:child_process');
  const commits = Array.from({ length: count }, (_, index) => {
    const message = `fix: number ${index}\n`;
    const content = `${index}\n`;
    const from = index === 0 ? 'from refs/heads/develop^0\n' : '';
    return `commit refs/heads/develop\ncommitter T <t@example.com> ${1_700_000_000 + index} +0000\ndata ${message.length}\n${message}${from}M 644 inline file${index % 50}.txt\ndata ${content.length}\n${content}\n`;
  });
  await app.git('switch', '-q', '--detach');
  execFileSync('git', ['fast-import', '--quiet'], { cwd: app.path, input: commits.join('') });
  await app.git('push', '-q', 'origin', 'develop');
}
