import { existsSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { CommittingApp, FORMATTED, MESSY } from '../support/committing-app.ts';
import { armKillPoint } from '../support/kill/kill-points.ts';
import { RunningProgram } from '../support/running-tagship.ts';
import { runProgram } from '../support/tagship.ts';

const STAND_INS = fileURLToPath(new URL('../../scripts/stand-ins', import.meta.url));
const MAIN = 'lib/main.dart';
const PATH = `${STAND_INS}${delimiter}${process.env.PATH ?? ''}`;

it('Ctrl-C in the middle of a commit leaves everything as it was', async () => {
  const repo = await CommittingApp.make();
  await repo.stage('lib/new.dart', MESSY);
  await repo.app.write('lib/new.dart', `${MESSY}\nvoid   mine( ) {}\n`);
  const [head, before] = [await repo.app.git('rev-parse', 'HEAD'), await repo.app.fingerprint()];
  const command = ['env', `PATH=${PATH}`, 'DART_STAND_IN=format=hang', 'git', 'commit', '-m', 'feat: new'] as const;
  const commit = new RunningProgram(repo.app.path, [...command], { typed: true });
  await commit.says('format: dart format');
  commit.type('\u0003');
  expect((await commit.finished).exitCode).not.toBe(0);
  expect(await repo.app.git('rev-parse', 'HEAD')).toBe(head);
  expect(await repo.app.fingerprint()).toBe(before);
  expect(await repo.commit(['-q', '-m', 'feat: new'])).toMatchObject({ exitCode: 0 });
  expect(await repo.committed('lib/new.dart')).toBe(FORMATTED);
});

/** The number of the write by which a commit exchanges its last working file. */
async function lastExchange(stage: (repo: CommittingApp) => Promise<void>): Promise<number> {
  const repo = await CommittingApp.make();
  await stage(repo);
  const rehearsal = await armKillPoint(repo.app.path, repo.app.folder, { at: 'file write', number: 0, mode: 'before' });
  await repo.commit(['-q', '-m', 'feat: x'], rehearsal);
  return repo.app.read('../events').split('\n').lastIndexOf('rename') + 1;
}

/** An app whose commit of this file was killed when its draft was about to take its place. */
async function killedBeforeExchange(path: string): Promise<CommittingApp> {
  const stage = (repo: CommittingApp) => repo.stage(path, MESSY);
  const number = await lastExchange(stage);
  const repo = await CommittingApp.make();
  await stage(repo);
  const armed = await armKillPoint(repo.app.path, repo.app.folder, { at: 'file write', number, mode: 'before' });
  expect((await repo.commit(['-q', '-m', 'feat: a'], armed)).exitCode).not.toBe(0);
  return repo;
}

it.each([
  ['with what was staged along', []],
  ['of a file that is named', ['lib/a.dart']],
])('the draft of a commit that was killed comes into no other: one %s', async (_what, named) => {
  const repo = await killedBeforeExchange('lib/a.dart');
  const { app } = repo;
  expect(existsSync(join(app.path, 'lib/a.dart.tagship-draft'))).toBe(true);
  await app.git('add', '-A');
  const { exitCode, stderr } = await repo.commit(['-q', '-m', 'feat: a', ...named]);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('completed what') });
  expect(await app.git('show', '--format=', '--name-only')).toBe('lib/a.dart');
  expect(await repo.committed('lib/a.dart')).toBe(FORMATTED);
  expect(app.read('lib/a.dart')).toBe(FORMATTED);
  expect(await app.git('status', '--short')).toBe('');
});

it('a commit that was killed is not completed by way of a link in the place of its folder', async () => {
  const repo = await killedBeforeExchange('lib/src/a.dart');
  const { app } = repo;
  renameSync(join(app.path, 'lib/src'), join(app.folder, 'outside'));
  writeFileSync(join(app.folder, 'outside/a.dart.tagship-draft'), 'mine');
  symlinkSync('../../outside', join(app.path, 'lib/src'));
  expect(await repo.commit(['-q', '-m', 'feat: a'])).toMatchObject({ exitCode: 0 });
  expect(app.read('../outside/a.dart')).toBe(MESSY);
  expect(app.read('../outside/a.dart.tagship-draft')).toBe('mine');
});

it('a cherry-pick with a conflict goes on through the hooks, and formats what was resolved', async () => {
  const repo = await CommittingApp.make();
  const { app } = repo;
  await app.git('switch', '-q', '-c', 'theirs');
  await app.write(MAIN, FORMATTED.replace('last', 'theirs'));
  await app.git('commit', '-q', '--no-verify', '-am', 'feat: theirs');
  await app.git('switch', '-q', 'develop');
  await app.write(MAIN, FORMATTED.replace('last', 'ours'));
  await app.git('commit', '-q', '--no-verify', '-am', 'feat: ours');
  expect((await runProgram('git', ['cherry-pick', 'theirs'], { cwd: app.path })).exitCode).toBe(1);
  await repo.stage(MAIN, MESSY.replace('last', 'both'));
  expect(await repo.run('git', ['cherry-pick', '--continue'], { GIT_EDITOR: 'true' })).toMatchObject({ exitCode: 0 });
  expect(await repo.committed(MAIN)).toBe(FORMATTED.replace('last', 'both'));
  expect(await app.git('log', '-1', '--format=%s')).toBe('feat: theirs');
  expect(await app.git('status', '--short')).toBe('');
});
