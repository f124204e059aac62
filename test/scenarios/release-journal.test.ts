import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { AppRepository } from '../support/app-repository.ts';

const plan = (schema: number) => ({ type: 'plan', at: '', plan: { plan: { schema, kind: 'release' } }, owner: {} });

it.each([
  ['a line that is not JSON', '{"type":"plan"\n{}\n', 'is damaged'],
  ['a line that is no object', 'null\n', 'is damaged'],
  ['a plan of an older shape', `${JSON.stringify(plan(1))}\n`, 'an older tagship'],
  ['a plan of a newer shape', `${JSON.stringify(plan(3))}\n`, 'a newer tagship'],
  ['a step of an unknown kind', `${JSON.stringify(plan(2))}\n{"type":"paused"}\n`, 'a newer tagship'],
])('a journal with %s is refused by its path, and kept', async (_what, text, message) => {
  const app = await AppRepository.make();
  const path = join(app.path, '.git/tagship/release.jsonl');
  mkdirSync(join(app.path, '.git/tagship'));
  writeFileSync(path, text);
  for (const command of ['status', 'continue', 'abort', 'minor']) {
    const run = await app.tagship(['release', command]);
    expect(run).toMatchObject({ exitCode: 3 });
    expect(run.stderr).toContain(path);
    expect(run.stderr).toContain(message);
    expect(run.stderr).not.toMatch(/^\s+at /m);
  }
  expect(readFileSync(path, 'utf8')).toBe(text);
});

it('a journal of a release that ended is put away by the next release, not by looking', async () => {
  const app = await AppRepository.make();
  const path = join(app.path, '.git/tagship/release.jsonl');
  expect(await app.tagship(['release', 'minor', '--yes', '--no-checks'])).toMatchObject({ exitCode: 0 });
  writeFileSync(path, readFileSync(join(app.path, '.git/tagship/release.last.jsonl')));
  const text = readFileSync(path, 'utf8');
  await app.commit('lib/next.dart', '// next\n', 'feat: more');
  await app.git('push', '-q', 'origin', 'develop');
  for (const args of [['status'], ['minor', '--dry-run']]) {
    expect(await app.tagship(['release', ...args])).toMatchObject({ exitCode: 0 });
    expect(readFileSync(path, 'utf8')).toBe(text);
  }
  expect(await app.tagship(['release', 'minor', '--yes', '--no-checks'])).toMatchObject({ exitCode: 0 });
  expect(await app.refs('origin')).toEqual(await app.refs());
});

it('a journal of a release that an older tagship made keeps no push from being judged', async () => {
  const app = await AppRepository.make();
  mkdirSync(join(app.path, '.git/tagship'));
  writeFileSync(join(app.path, '.git/tagship/release.last.jsonl'), `${JSON.stringify(plan(1))}\n`);
  await app.git('switch', '-q', '-c', 'feature');
  expect(await app.tagship(['push', 'origin', 'feature'])).toMatchObject({ exitCode: 0 });
});
