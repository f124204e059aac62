import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { CommittingApp, FORMATTED, MESSY } from '../support/committing-app.ts';
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
