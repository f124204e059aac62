import { existsSync, readFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PUBSPEC } from '../support/app-repository.ts';
import { HookedApp } from '../support/hooked-app.ts';
import { TAGSHIP } from '../support/tagship.ts';

const BROKEN = "import 'package:test/test.dart';\nvoid main() { test('greets', () => expect(1, 2)); }\n";
const TEST = "import 'package:test/test.dart';\nvoid main() { test('works', () {}); }\n";

/** What the SDK was asked for, with the folder it was asked in. */
function calls({ app }: HookedApp): readonly { argv: readonly string[]; cwd: string }[] {
  const log = join(app.folder, 'calls.jsonl');
  if (!existsSync(log)) return [];
  return readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** As at a remote that is new. */
async function removeMainAndDevelop({ app }: HookedApp): Promise<void> {
  for (const branch of ['main', 'develop']) {
    await app.gitAtOrigin('update-ref', '-d', `refs/heads/${branch}`);
    await app.git('update-ref', '-d', `refs/remotes/origin/${branch}`);
  }
}

it('packages are fetched once, and analysis and tests wait for each other’s start, not for its end', async () => {
  // Each gate ends when it has seen the other: in turn they would not.
  const meet = (own: string, other: string) =>
    `echo ${own} speaks; touch ../${own}; n=0; while [ ! -e ../${other} ] && [ $n -lt 600 ]; do sleep 0.05; n=$((n+1)); done; test -e ../${other}; echo ${own} ends`;
  const hooked = await HookedApp.make({
    'tagship.yaml': `checks:\n  get: flutter pub get\n  analyze: "${meet('one', 'two')}"\n  test: "${meet('two', 'one')}"\n`,
  });
  await hooked.app.commit('lib/a.dart', '// a\n', 'feat: a');
  const { exitCode, stderr } = await hooked.push('origin', 'feature');
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(calls(hooked).map(({ argv }) => argv)).toEqual([['pub', 'get']]);
  // The second is shown when the first has ended, each with its name before every line.
  const said = stderr.split('\n').filter((line) => /│.* (speaks|ends)$/.test(line));
  expect(said.map((line) => line.trim().replace(/\s+/g, ' '))).toEqual([
    '│ analyze │ one speaks',
    '│ analyze │ one ends',
    '│ test │ two speaks',
    '│ test │ two ends',
  ]);
});

it('only packages that the push changes are tested, and those that are built from them', async () => {
  const hooked = await HookedApp.make({
    'core/pubspec.yaml': PUBSPEC.replace('greeter', 'core'),
    'core/test/core_test.dart': TEST,
    'ui/pubspec.yaml': `${PUBSPEC.replace('greeter', 'ui')}  core: { path: ../core }\n`,
    'ui/test/ui_test.dart': TEST,
    'alone/pubspec.yaml': PUBSPEC.replace('greeter', 'alone'),
    'alone/test/alone_test.dart': TEST,
    'tagship.yaml': 'checks: { packages: [core, ui, alone], analyze: flutter analyze, test: flutter test }\n',
  });
  const tested = () => calls(hooked).flatMap(({ argv, cwd }) => (argv[0] === 'test' ? [cwd.split('/').at(-1)] : []));
  await hooked.app.commit('alone/lib/a.dart', '// a\n', 'feat: a');
  expect(await hooked.push('origin', 'feature')).toMatchObject({ exitCode: 0 });
  expect(tested()).toEqual(['alone']);
  await hooked.app.commit('core/lib/a.dart', '// a\n', 'feat: a');
  expect(await hooked.push('origin', 'feature')).toMatchObject({ exitCode: 0 });
  expect(tested().slice(1)).toEqual(['core', 'ui']);
});

it('every package is judged when checks.packages names one that the commit does not have, and that is said', async () => {
  const hooked = await HookedApp.make({
    'app/pubspec.yaml': PUBSPEC.replace('greeter', 'app'),
    'tagship.yaml': 'checks: { packages: [ap] }\n',
  });
  await hooked.app.commit('app/lib/a.dart', '// a\n', 'feat: a');
  const { exitCode, stderr } = await hooked.push('origin', 'feature');
  expect(stderr).toContain('! checks.packages names ap, where there is no package: all are judged (there are: ., app)');
  expect(exitCode).toBe(0);
  expect(JSON.parse((await hooked.tagship('check', '--json')).stdout)).toMatchObject({ known: ['', 'app'] });
});

it.each([
  ['merged', ['merge', '--no-ff', '--no-edit', 'wip']],
  ['merged, with more on top', ['merge', '--no-ff', '--no-edit', 'more']],
])(
  'what the remote has of a branch that nobody looked at is tested once it is %s into develop',
  async (_how, merge) => {
    const hooked = await HookedApp.make();
    const { app } = hooked;
    await app.git('switch', '-q', '-c', 'wip');
    await app.commit('lib/a.dart', '// a\n', 'feat: a');
    await app.git('push', '-q', '--no-verify', 'origin', 'wip');
    await app.git('switch', '-q', '-c', 'more');
    await app.commit('README.md', 'more\n', 'docs: more');
    await app.git('switch', '-q', 'develop');
    await app.git('-c', 'core.hooksPath=/dev/null', ...merge);
    const before = await hooked.published('refs/heads/develop');
    const refused = await hooked.run('git', ['push', 'origin', 'develop'], { FLUTTER_STAND_IN: 'test=fail' });
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toContain('greets');
    expect(await hooked.published('refs/heads/develop')).toBe(before);
    expect(await hooked.push('origin', 'develop')).toMatchObject({ exitCode: 0 });
  },
);

it('main and develop are made of what has passed, also where the remote has it in a branch that nobody looked at', async () => {
  const hooked = await HookedApp.make();
  const { app } = hooked;
  await removeMainAndDevelop(hooked);
  await app.commit('test/greeting_test.dart', BROKEN, 'test: fail');
  expect(await hooked.push('--no-verify', 'origin', 'feature')).toMatchObject({ exitCode: 0 });
  for (const branch of ['main', 'develop']) {
    const push = await hooked.push('origin', `feature:refs/heads/${branch}`);
    expect(push.stderr).toContain('✘ greets');
    expect(await hooked.published(`refs/heads/${branch}`)).toBeUndefined();
  }
  const runs = hooked.testRuns();
  expect(await hooked.push('origin', 'main')).toMatchObject({ exitCode: 0 });
  expect(hooked.testRuns()).toBe(runs + 1);
  // Compared with main, it brings nothing.
  expect(await hooked.push('origin', 'main:refs/heads/develop')).toMatchObject({ exitCode: 0 });
  expect(hooked.testRuns()).toBe(runs + 1);
});

it('main and develop are made at once by one verified commit, without another test', async () => {
  const hooked = await HookedApp.make();
  await removeMainAndDevelop(hooked);
  expect(await hooked.tagship('check')).toMatchObject({ exitCode: 0 });
  expect(await hooked.push('origin', 'HEAD:refs/heads/main', 'HEAD:refs/heads/develop')).toMatchObject({ exitCode: 0 });
  expect(hooked.testRuns()).toBe(1);
});

it('too little coverage stops a push, enough does not', async () => {
  const hooked = await HookedApp.make({ 'tagship.yaml': 'checks: { coverage: 60 }\n' });
  await hooked.app.commit('lib/a.dart', '// a\n'.repeat(10), 'feat: a');
  const low = await hooked.run('git', ['push', 'origin', 'feature'], { FLUTTER_STAND_IN: 'coverage=40' });
  expect(low.exitCode).not.toBe(0);
  expect(low.stderr).toMatch(/60/);
  expect(await hooked.published('refs/heads/feature')).toBeUndefined();
  const enough = await hooked.run('git', ['push', 'origin', 'feature'], { FLUTTER_STAND_IN: 'coverage=80' });
  expect(enough).toMatchObject({ exitCode: 0 });
});

it('a gate that hangs is ended in its time, and the push with it', async () => {
  const hooked = await HookedApp.make({ 'tagship.yaml': 'checks: { timeout: 1s, analyze: false, test: sleep 600 }\n' });
  await hooked.app.commit('lib/a.dart', '// a\n', 'feat: a');
  const push = await hooked.push('origin', 'feature');
  expect(push.exitCode).not.toBe(0);
  expect(push.stderr).toContain('did not end within 1 s');
});

it('of two thousand failures a push shows the first few, and how many there are', async () => {
  const many = Array.from({ length: 2000 }, (_one, index) => `  test('case ${index}', () => expect(1, 2));\n`).join('');
  const hooked = await HookedApp.make();
  await hooked.app.commit(
    'test/greeting_test.dart',
    `import 'package:test/test.dart';\nvoid main() {\n${many}}\n`,
    'test: fail often',
  );
  const push = await hooked.push('origin', 'feature');
  expect(push.exitCode).not.toBe(0);
  expect(push.stderr).toContain('2000 of 2000 tests failed');
  expect(push.stderr.split('\n').length).toBeLessThan(120);
});

it('what a failing gate said is shown once, as it came, and told to programs', async () => {
  const hooked = await HookedApp.make({
    'tagship.yaml': 'checks: { analyze: "echo one mistake; exit 1", test: false }\n',
  });
  const { exitCode, stdout, stderr } = await hooked.tagship('check', '--json');
  expect(exitCode).toBe(3);
  expect(stderr.match(/^.*one mistake$/gm)).toEqual(['  │ analyze │ one mistake']);
  expect(JSON.parse(stdout).problems).toMatchObject([{ code: 'gate-failed', why: 'one mistake' }]);
});

it('a push from a client with an almost empty PATH finds the SDK that was recorded', async () => {
  const hooked = await HookedApp.make();
  await hooked.app.write('.git/tagship/sdk', `${join(hooked.app.folder, 'sdk')}\n`);
  await hooked.app.commit('lib/a.dart', '// a\n', 'feat: a');
  const bare = { PATH: '/usr/bin:/bin', HOME: hooked.app.folder };
  expect(await hooked.run('/usr/bin/git', ['push', 'origin', 'feature'], bare)).toMatchObject({ exitCode: 0 });
  expect(hooked.testRuns()).toBe(1);
});

it('the folder of shims that a version manager keeps is found like an SDK, once it was recorded', async () => {
  const hooked = await HookedApp.make();
  const { app } = hooked;
  const shims = join(app.folder, 'sdk/shims');
  await rename(join(app.folder, 'sdk/bin'), shims);
  expect(
    await hooked.run(process.execPath, [TAGSHIP, 'check'], { PATH: '/usr/bin:/bin', HOME: app.folder }),
  ).toMatchObject({
    exitCode: 3,
  });
  await app.write('.git/tagship/sdk', `${shims}\n`);
  await app.commit('lib/a.dart', '// a\n', 'feat: a');
  const bare = { PATH: '/usr/bin:/bin', HOME: app.folder };
  expect(await hooked.run('/usr/bin/git', ['push', 'origin', 'feature'], bare)).toMatchObject({ exitCode: 0 });
  expect(hooked.testRuns()).toBe(1);
});

it('what a server refuses leaves nothing of it there, and what it takes is whole', async () => {
  const hooked = await HookedApp.make();
  const { app } = hooked;
  await app.hook('origin', 'pre-receive', `exec '${process.execPath}' '${TAGSHIP}' hook pre-receive`);
  const key = `glpat-${'x9Kf3Lq7Zt2Rw8Yb5Nc1'}`;
  await app.commit('lib/key.dart', `const key = '${key}';\n`, 'feat: key');
  const [bad, parent] = [await app.git('rev-parse', 'HEAD'), await app.git('rev-parse', 'HEAD~')];
  const refused = await hooked.push('--no-verify', 'origin', 'feature');
  expect(refused.exitCode).not.toBe(0);
  expect(refused.stderr).toContain('lib/key.dart:1');
  await expect(app.gitAtOrigin('cat-file', '-e', bad)).rejects.toThrow();
  await app.git('reset', '-q', '--hard', parent);
  await app.commit('lib/a.dart', '// a\n', 'feat: a');
  expect(await hooked.push('--no-verify', 'origin', 'feature')).toMatchObject({ exitCode: 0 });
  await app.gitAtOrigin('fsck', '--strict', '--connectivity-only');
});

it('files that are tested in a folder of their own are no checkout of the user’s', async () => {
  const hooked = await HookedApp.make();
  const { app } = hooked;
  await app.hook('app', 'post-checkout', `echo checked out >>'${app.folder}/seen'`);
  await app.git('config', 'core.hooksPath', join(app.path, '.git/hooks'));
  await app.git('checkout', '-q', 'HEAD', '--', '.');
  expect(app.read('../seen')).toBe('checked out\n');
  await app.write('lib/new.dart', '// new\n');
  expect(await hooked.tagship('check', '--tree', 'HEAD')).toMatchObject({ exitCode: 0 });
  expect(app.read('../seen')).toBe('checked out\n');
});
