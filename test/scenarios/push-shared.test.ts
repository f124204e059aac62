import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { HookedApp } from '../support/hooked-app.ts';
import { runTagship } from '../support/tagship.ts';

const BROKEN = "import 'package:test/test.dart';\nvoid main() { test('greets', () => expect(1, 2)); }\n";

/** Keeps what it is told of a push, as `git lfs pre-push` would look at it. */
const READER = 'cat >../seen\n';
const OLD_LINE = 'sh ./node_modules/tagship/dist/pre-push.sh "$@"\n';

async function withHook(text: string): Promise<HookedApp> {
  const hooked = await HookedApp.make();
  await hooked.app.write('.husky/pre-push', text);
  return hooked;
}

/** A commit that no hook has looked at. */
async function commit({ app }: HookedApp, path: string, content: string): Promise<void> {
  await app.write(path, content);
  await app.git('add', path);
  await app.git('commit', '-q', '--no-verify', '-m', 'feat: x');
}

it.each(['was there before', 'is added later'])(
  'what follows tagship in pre-push and %s is told what is pushed, also when that is nothing',
  async (when) => {
    const isLater = when === 'is added later';
    const hooked = await withHook(isLater ? '' : READER);
    const { app } = hooked;
    expect(await hooked.tagship('init')).toMatchObject({ exitCode: 0 });
    if (isLater) await app.write('.husky/pre-push', app.read('.husky/pre-push') + READER);
    expect((await hooked.tagship('doctor', '--json')).stdout).not.toContain('push-list-lost');
    await commit(hooked, 'lib/a.dart', '// a\n');
    const head = await app.git('rev-parse', 'HEAD');
    const zero = '0'.repeat(40);
    // The second time it is known already, and nothing of tagship's is started.
    for (const branch of ['one', 'two']) {
      expect(await hooked.push('origin', `HEAD:refs/heads/${branch}`)).toMatchObject({ exitCode: 0 });
      expect(app.read('../seen')).toBe(`HEAD ${head} refs/heads/${branch} ${zero}\n`);
    }
    expect(await hooked.push('origin', 'HEAD:refs/heads/two')).toMatchObject({ exitCode: 0 });
    expect(app.read('../seen')).toBe('');
    const lines = Array.from({ length: 1000 }, (_one, index) => `HEAD:refs/heads/many/${index}`);
    expect(await hooked.push('-q', 'origin', ...lines)).toMatchObject({ exitCode: 0 });
    expect(app.read('../seen').split('\n')).toHaveLength(1001);
  },
);

it('what tagship refuses does not reach what follows it', async () => {
  const hooked = await withHook(READER);
  await hooked.tagship('init');
  await commit(hooked, 'test/greeting_test.dart', BROKEN);
  expect((await hooked.push('origin', 'feature')).exitCode).not.toBe(0);
  expect(existsSync(join(hooked.app.folder, 'seen'))).toBe(false);
});

it.each([
  ['before tagship', `#!/bin/sh\nset -e\n${READER}${OLD_LINE}`],
  ['behind the line that an older tagship wrote', `${OLD_LINE}${READER}`],
])('doctor finds a command %s that keeps the list from another, and puts it right', async (_where, hook) => {
  const hooked = await withHook(hook);
  const { app } = hooked;
  await commit(hooked, 'lib/a.dart', '// a\n');
  const { stderr } = await hooked.push('origin', 'HEAD:refs/heads/before');
  const isLate = hook.indexOf(READER) < hook.indexOf(OLD_LINE);
  expect(stderr.includes('nothing was judged: nothing is pushed, or what stands before')).toBe(isLate);
  const sick = await hooked.tagship('doctor', '--json');
  const findings = JSON.parse(sick.stdout).findings as readonly { code: string }[];
  expect(findings).toContainEqual(expect.objectContaining({ code: 'push-list-lost', repair: 'hooks' }));
  await hooked.tagship('doctor', '--fix');
  expect(app.read('.husky/pre-push')).not.toContain(OLD_LINE);
  const well = await hooked.tagship('doctor', '--json');
  expect(well.stdout).not.toContain('push-list-lost');

  expect(await hooked.push('origin', 'feature')).toMatchObject({ exitCode: 0 });
  expect(app.read('../seen')).toContain('refs/heads/feature');
  expect((await hooked.push('origin', 'feature')).stderr).not.toContain('nothing was judged');
  await commit(hooked, 'test/greeting_test.dart', BROKEN);
  expect((await hooked.push('origin', 'feature')).exitCode).not.toBe(0);
});

it.each(['refs=$(cat)', '[ -n "$(cat)" ] || exit 0', '# before tagship\ngit version >&2; cat > /dev/null'])(
  'a push of which nothing could be judged, because %j has read what is pushed, says so',
  async (command) => {
    const hooked = await withHook(`${command}\n. ./node_modules/tagship/dist/pre-push.sh\n`);
    await commit(hooked, 'test/greeting_test.dart', BROKEN);
    expect((await hooked.push('origin', 'feature')).stderr).toContain('! nothing was judged: nothing is pushed, or');
    expect((await hooked.tagship('doctor', '--json')).stdout).toContain('push-list-lost');
  },
);

it('a hook of the server’s own and tagship are both told what is pushed, by the line that is advised', async () => {
  const hooked = await HookedApp.make();
  const { app } = hooked;
  await app.hook('origin', 'pre-receive', 'cat >../seen');
  const taken = await runTagship(['hook', 'pre-receive', '--install', '--json'], { cwd: app.origin });
  expect(taken.exitCode).toBe(3);
  const [line] = /list=.*$/.exec(JSON.parse(taken.stdout).problems[0].fix) ?? [];
  await app.hook('origin', 'pre-receive', `${line}\ncat >../seen`);

  expect((await hooked.push('--no-verify', 'origin', ':develop')).exitCode).not.toBe(0);
  expect(existsSync(join(app.folder, 'seen'))).toBe(false);
  await commit(hooked, 'lib/a.dart', '// a\n');
  expect(await hooked.push('--no-verify', 'origin', 'feature')).toMatchObject({ exitCode: 0 });
  expect(app.read('../seen')).toContain('refs/heads/feature');
});

it.each(['', READER])('where tagship is not installed, a hook says what to type (%j)', async (others) => {
  const hooked = await withHook(others);
  await hooked.tagship('init');
  rmSync(join(hooked.app.path, 'node_modules'), { recursive: true });
  const lost = await hooked.push('origin', 'feature');
  expect(lost.exitCode).not.toBe(0);
  expect(lost.stderr).toContain(
    '✘ tagship is not in node_modules/tagship, so nothing can be judged\n  next: npm install, then the same command again\n',
  );
});
