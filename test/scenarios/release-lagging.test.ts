import { describe, expect, it } from 'vitest';
import { AppRepository } from '../support/app-repository.ts';
import { runProgram } from '../support/tagship.ts';

const RELEASE = ['release', 'minor', '--yes', '--no-checks'];
const MAIN = 'refs/heads/main';
const DEVELOP = 'refs/heads/develop';

/** Another clone of the same remote. */
async function colleague(app: AppRepository): Promise<AppRepository> {
  const other = app.copy('colleague');
  await other.git('remote', 'set-url', 'origin', app.origin);
  return other;
}

/** The app after a colleague's release, fetched and never pulled: main and develop lag, develop is checked out. */
async function lagging(): Promise<AppRepository> {
  const app = await AppRepository.make();
  const other = await colleague(app);
  expect(await other.tagship(RELEASE)).toMatchObject({ exitCode: 0 });
  await other.commit('lib/theirs.dart', '// theirs\n', 'feat: theirs');
  await other.git('push', '-q', 'origin', 'develop');
  await app.git('fetch', '-q', 'origin');
  return app;
}

const firstParent = (app: AppRepository, commit: string) => app.git('rev-parse', `${commit}^1`);

describe('branches that only lag behind the remote', () => {
  it('are taken up to it in the same transaction, and the plan says so', async () => {
    const app = await lagging();
    const [before, there] = [await app.refs(), await app.refs('origin')];
    const objects = await app.git('count-objects', '-v');
    const planned = await app.tagship([...RELEASE, '--dry-run']);
    expect(planned).toMatchObject({ exitCode: 0 });
    expect(planned.stdout).toContain("main is taken up to origin's first");
    expect(planned.stdout).toContain("develop is taken up to origin's first");
    expect([await app.refs(), await app.git('count-objects', '-v')]).toEqual([before, objects]);

    await app.write('lib/main.dart', 'void main() { /* mine */ }\n');
    expect(await app.tagship(RELEASE)).toMatchObject({ exitCode: 0 });
    expect(await app.refs('origin')).toEqual(await app.refs());
    expect(await firstParent(app, 'main')).toBe(there[MAIN]);
    expect(await firstParent(app, 'develop')).toBe(there[DEVELOP]);
    expect(await app.git('show', 'v0.3.0:CHANGELOG.md')).toContain('theirs');
    expect(app.read('lib/theirs.dart')).toBe('// theirs\n');
    expect(await app.git('status', '--porcelain')).toBe(' M lib/main.dart');
    // One move each: the remote's commit is no stop on the way.
    expect(await app.git('log', '-g', '--format=%H', '-1', 'main@{1}')).toBe(before[MAIN]);
  });

  it('bring the files of the worktrees that have them checked out along, or are refused for edits in the way', async () => {
    const app = await lagging();
    await app.git('worktree', 'add', '-q', '../production', 'main');
    const [before, files] = [await app.refs(), await app.fingerprint()];
    const inMain = (...args: string[]) => app.git('-C', '../production', ...args);
    const edited = `${app.folder}/production/pubspec.yaml`;
    await runProgram('sh', ['-c', `echo '# mine' >> '${edited}'`], { cwd: app.folder });
    const refused = await app.tagship(RELEASE);
    expect(refused).toMatchObject({ exitCode: 3 });
    expect(refused.stderr).toContain('pubspec.yaml');
    expect([await app.refs(), await app.fingerprint()]).toEqual([before, files]);

    await inMain('checkout', '-q', 'pubspec.yaml');
    expect(await app.tagship(RELEASE)).toMatchObject({ exitCode: 0 });
    expect(await inMain('status', '--porcelain')).toBe('');
    expect(await inMain('rev-parse', 'HEAD')).toBe(await app.git('rev-parse', 'v0.3.0^{commit}'));
    expect(await app.git('status', '--porcelain')).toBe('');
  });

  it('are put back where they were by abort, their files too', async () => {
    const app = await lagging();
    const [refs, files] = [await app.refs(), await app.fingerprint()];
    await app.hook('origin', 'update', 'exit 1');
    expect(await app.tagship(RELEASE)).toMatchObject({ exitCode: 4 });
    expect(await app.fingerprint()).not.toBe(files);
    expect(await app.tagship(['release', 'abort'])).toMatchObject({ exitCode: 0 });
    expect(await app.refs()).toEqual(refs);
    expect(await app.fingerprint()).toBe(files);
  });

  it.each(['prepared', 'committed'])(
    'are completed by continue when tagship was killed once refs were %s',
    async (moment) => {
      const app = await lagging();
      await killedWhen(app, moment);
      expect(await app.tagship(['release', 'continue'])).toMatchObject({ exitCode: 0 });
      expect(await app.refs('origin')).toEqual(await app.refs());
      expect(Object.keys(await app.refs())).toEqual([DEVELOP, MAIN, 'refs/tags/v0.2.0', 'refs/tags/v0.3.0']);
      expect(await app.git('status', '--porcelain')).toBe('');
    },
  );

  it.each(['prepared', 'committed'])(
    'are put back by abort when tagship was killed once refs were %s',
    async (moment) => {
      const app = await lagging();
      const [refs, files] = [await app.refs(), await app.fingerprint()];
      await killedWhen(app, moment);
      expect(await app.tagship(['release', 'abort'])).toMatchObject({ exitCode: 0 });
      expect(await app.refs()).toEqual(refs);
      expect(await app.fingerprint()).toBe(files);
    },
  );

  it('get the release branch, which starts where the remote is, and its finish', async () => {
    const app = await lagging();
    const there = await app.refs('origin');
    const started = await app.tagship(['release', 'start', 'minor', '--yes']);
    expect(started).toMatchObject({ exitCode: 0 });
    expect(started.stderr).toContain('from develop as origin has it');
    expect(await firstParent(app, 'release/v0.3.0')).toBe(there[DEVELOP]);
    expect(await app.tagship(['release', 'finish', '--yes', '--no-checks'])).toMatchObject({ exitCode: 0 });
    expect(await app.refs('origin')).toEqual(await app.refs());
    expect(await firstParent(app, 'main')).toBe(there[MAIN]);
    expect(await firstParent(app, 'develop')).toBe(there[DEVELOP]);
  });

  it('get the hotfix, which starts from what is in production, and its finish', async () => {
    const app = await lagging();
    const there = await app.refs('origin');
    expect((await app.tagship(['hotfix', 'crash', '--dry-run'])).stdout).toContain('from main as origin has it');
    expect(await app.tagship(['hotfix', 'crash'])).toMatchObject({ exitCode: 0 });
    expect(await app.git('rev-parse', 'hotfix/crash')).toBe(there[MAIN]);
    await app.commit('lib/main.dart', 'void main() { /* mended */ }\n', 'fix: the crash');
    expect(await app.tagship(['hotfix', 'crash', '--yes', '--no-checks'])).toMatchObject({ exitCode: 0 });
    expect(await app.refs('origin')).toEqual(await app.refs());
    expect(Object.keys(await app.refs())).toContain('refs/tags/v0.2.1');
    expect(await firstParent(app, 'main')).toBe(there[MAIN]);
  });
});

describe('refused, with nothing changed:', () => {
  it('commits that were not fetched yet, which the command that is told brings', async () => {
    const app = await AppRepository.make();
    const other = await colleague(app);
    expect(await other.tagship(RELEASE)).toMatchObject({ exitCode: 0 });
    const before = await app.refs();
    for (const command of [RELEASE, ['release', 'start', 'minor', '--yes']]) {
      const run = await app.tagship(command);
      expect(run).toMatchObject({ exitCode: 3 });
      expect(run.stderr).toContain('next: git fetch --tags origin main develop, then the same command again');
    }
    const hotfix = await app.tagship(['hotfix', 'crash']);
    expect(hotfix).toMatchObject({ exitCode: 3 });
    expect(hotfix.stderr).toContain('next: git fetch --tags origin main, then');
    expect(await app.refs()).toEqual(before);

    await app.git('fetch', '-q', '--tags', 'origin', 'main', 'develop');
    await app.commit('lib/next.dart', '// next\n', 'feat: mine');
    const diverged = await app.tagship(RELEASE);
    expect(diverged).toMatchObject({ exitCode: 3 });
    expect(diverged.stderr).toContain('develop and origin/develop have diverged');
    expect(diverged.stderr).toContain(`next: git -C ${app.path} pull --no-rebase origin develop`);
    await app.git('pull', '-q', '--no-rebase', '--no-edit', 'origin', 'develop');
    expect(await app.tagship(RELEASE)).toMatchObject({ exitCode: 0 });
    expect(Object.keys(await app.refs('origin'))).toContain('refs/tags/v0.3.0');
  });
});

/** A release whose tagship is killed by git's own hook in the middle of the one transaction. */
async function killedWhen(app: AppRepository, moment: string): Promise<void> {
  const once = `${app.folder}/killed`;
  const kill = `[ "$1" = ${moment} ] && [ ! -e '${once}' ] && : > '${once}' && kill -9 "\${TAGSHIP_STARTED_BY%%.*}"`;
  await app.hook('app', 'reference-transaction', `${kill}\nexit 0`);
  expect(await app.tagship(RELEASE)).toMatchObject({ signal: 'SIGKILL' });
}
